import { rateLimiter } from "sluice";
import { sqliteStore } from "sluice/sqlite";

/** A process of its own: `spend.ts FILE LIMIT CALLS [KEYS]` calls one key, or each of some in turn, and prints how many calls were admitted. */
const [file, limit, calls, keys] = process.argv.slice(2);
const store = sqliteStore(file, { busyTimeoutMs: 30_000 });
const limiter = rateLimiter({ limits: `${Number(limit)}/d`, store, onStoreError: "throw" });
const keyOf = (i: number) => (keys === undefined ? "everybody" : `key ${i % Number(keys)}`);
let admitted = 0;
for (let i = 0; i < Number(calls); i++) if (limiter.consumeSync(keyOf(i)).allowed) admitted++;
console.log(admitted);
