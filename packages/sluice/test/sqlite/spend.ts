import { rateLimiter } from "sluice";
import { sqliteStore } from "sluice/sqlite";

/** A process of its own: `spend.ts FILE LIMIT CALLS` prints how many of its calls were admitted. */
const [file, limit, calls] = process.argv.slice(2);
const limiter = rateLimiter({ limits: `${Number(limit)}/d`, store: sqliteStore(file) });
let admitted = 0;
for (let i = 0; i < Number(calls); i++) if (limiter.consumeSync("everybody").allowed) admitted++;
console.log(admitted);
