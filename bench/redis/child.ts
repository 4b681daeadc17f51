// node --expose-gc bench/redis/child.ts <contender> <url>: measures every column, and prints them as JSON.
import { Redis } from "ioredis";
import { measureInFlight } from "../inFlight.ts";
import { contenders } from "./contenders.ts";

const [name, url] = process.argv.slice(2);
const create = contenders[name];
if (create === undefined) throw new Error(`no contender is called ${name}`);
const client = new Redis(url, { maxRetriesPerRequest: 0 });
await client.flushall();
process.stdout.write(JSON.stringify(await measureInFlight(create(client))));
process.exit();
