// node --expose-gc bench/algorithms/child.ts <contender>: measures every column, and prints them as JSON.
import { type Clock, memoryStore, rateLimiter, type SyncLimiter } from "sluice";
import { cpuTime } from "../cpuTime.ts";
import { contenders, LIMIT, WINDOW_MS } from "./contenders.ts";

const WARM_UP = 700_000;
const CALLS = 1_000_000;
const KEYS = 100_000;
/** Half as fast as the limit allows, in microseconds between calls. */
const PACE = (2 * WINDOW_MS * 1000) / LIMIT;

const limit = contenders[process.argv[2]];
if (limit === undefined) throw new Error(`no algorithm is called ${process.argv[2]}`);
process.stdout.write(JSON.stringify(await measureAll()));

async function measureAll(): Promise<Record<string, number>> {
  // Memory first, while there is no garbage of the others. What is compiled on the way is no part of it.
  bytesPerKey(1);
  const bytes = {
    "bytes per key, 1 call": bytesPerKey(1),
    "bytes per key, 50 calls": bytesPerKey(50),
  };
  return {
    ...bytes,
    admitted: await steady(limiterAt(movingClock(PACE)), true),
    refused: await steady(spent(limiterAt(movingClock(0))), false),
  };
}

/** Moves on by itself. It reads the real clock too, so that a decision costs what it does in earnest. */
function movingClock(step: number): Clock {
  let now = Date.UTC(2026, 0, 1) * 1000;
  return () => (performance.now() < 0 ? 0 : (now += step));
}

function limiterAt(clock: Clock): SyncLimiter {
  return rateLimiter({ limits: limit, store: memoryStore({ clock }) });
}

function spent(limiter: SyncLimiter): SyncLimiter {
  while (limiter.consumeSync("user:42").allowed);
  return limiter;
}

async function steady(limiter: SyncLimiter, allowed: boolean): Promise<number> {
  run(limiter, allowed, WARM_UP);
  return cpuTime(CALLS, () => run(limiter, allowed, CALLS));
}

function run(limiter: SyncLimiter, allowed: boolean, calls: number): void {
  let others = 0;
  for (let i = 0; i < calls; i++) if (limiter.consumeSync("user:42").allowed !== allowed) others++;
  if (others > 0) throw new Error(`${others} of ${calls} calls were ${allowed ? "refused" : "admitted"}`);
}

/** Beside the keys themselves, which are there before. */
function bytesPerKey(calls: number): number {
  const keys = Array.from({ length: KEYS }, (_, i) => `user:${i}`);
  const limiter = limiterAt(movingClock(1));
  const before = memoryUsed();
  for (const key of keys) for (let i = 0; i < calls; i++) limiter.consumeSync(key);
  const after = memoryUsed();
  if (limiter.peekSync(keys[0]).remaining === 0) throw new Error("all is spent");
  return (after - before) / KEYS;
}

function memoryUsed(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
