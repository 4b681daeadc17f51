// node --expose-gc bench/postgres/child.ts <contender> <url>: measures every column, and prints them as JSON.
import { Pool } from "pg";
import { measureInFlight } from "../inFlight.ts";
import { contenders } from "./contenders.ts";

const [name, url] = process.argv.slice(2);
const create = contenders[name];
if (create === undefined) throw new Error(`no contender is called ${name}`);
const pool = new Pool({ connectionString: url, max: 10, options: "-c client_min_messages=warning" });
pool.on("error", (error) => {
  throw error;
});
await pool.query("drop schema public cascade; create schema public");
process.stdout.write(JSON.stringify(await measureInFlight(await create(pool))));
process.exit();
