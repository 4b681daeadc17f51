// node --expose-gc bench/memory/child.ts <contender>: measures every column, and prints them as JSON.
import { PerformanceObserver } from "node:perf_hooks";
import { setImmediate } from "node:timers/promises";
import { type AsyncCall, type Call, contenders, type Setting } from "./contenders.ts";
import { inTurn, makeKeys, MANY, uniform, zipf } from "./workloads.ts";

// Odd amounts, so that no arithmetic comes out easier than in earnest.
/** More than a run takes of one key. */
const OPEN: Setting = { limit: 1_999_993, windowMs: 1_800_000 };
/** So slow to come back that every key stays until the end. Only the most frequent few are refused in the end. */
const LASTING: Setting = { limit: 20_011, windowMs: 86_400_000 };
const REFUSING: Setting = { limit: 11, windowMs: 3_600_000 };
const WARM_UP = 300_000;

const contender = contenders[process.argv[2]];
if (contender === undefined) throw new Error(`no contender is called ${process.argv[2]}`);
const create = (setting: Setting): Call | AsyncCall => ("sync" in contender ? contender.sync(setting) : contender.async(setting));
const time = "sync" in contender ? timeSync : timeAsync;

const keys = makeKeys(MANY);
const order = { one: new Uint32Array(1_000_000), thousand: inTurn(1_000_000, 1000), all: inTurn(MANY, MANY) };
const random = uniform(500_000, MANY);
const skewed = zipf(500_000, MANY);

const sample: Record<string, number> = {};
sample["one key"] = await steady(create(OPEN), order.one);
sample["1,000 keys"] = await steady(create(OPEN), order.thousand);
sample["denied"] = await steady(create(REFUSING), order.one);
await measureMany(sample);
sample["longest call, ms"] = await longestCall(create(LASTING));
process.stdout.write(JSON.stringify(sample));
process.exit();

async function steady(call: Call | AsyncCall, order: Uint32Array): Promise<number> {
  await time(call as never, order.subarray(0, WARM_UP));
  globalThis.gc!();
  return time(call as never, order);
}

async function measureMany(sample: Record<string, number>): Promise<void> {
  const before = memoryUsed();
  const call = create(LASTING);
  sample["1M new keys"] = await time(call as never, order.all);
  sample["bytes per key"] = (memoryUsed() - before) / MANY;
  sample["1M keys, random"] = await time(call as never, random);
  sample["1M keys, zipf"] = await time(call as never, skewed);
}

function timeSync(call: Call, order: Uint32Array): number {
  let sum = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < order.length; i++) sum += call(keys[order[i]]);
  return nanoseconds(start, order.length, sum);
}

async function timeAsync(call: AsyncCall, order: Uint32Array): Promise<number> {
  let sum = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < order.length; i++) sum += await call(keys[order[i]]);
  return nanoseconds(start, order.length, sum);
}

function nanoseconds(start: bigint, calls: number, sum: number): number {
  const elapsed = process.hrtime.bigint() - start;
  if (!(sum >= 0)) throw new Error("an answer was no number");
  return Number(elapsed) / calls;
}

function memoryUsed(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The longest of a million calls that each bring a new key, less what the garbage collector stopped meanwhile. */
async function longestCall(call: Call | AsyncCall): Promise<number> {
  globalThis.gc!();
  const pauses: { start: number; end: number }[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) pauses.push({ start: startTime, end: startTime + duration });
  });
  observer.observe({ entryTypes: ["gc"] });
  const slow: { start: number; end: number }[] = [];
  for (const key of keys) {
    const start = performance.now();
    const answer = call(key);
    if (typeof answer !== "number") await answer;
    const end = performance.now();
    if (end - start > 0.5) slow.push({ start, end });
  }
  await setImmediate();
  await setImmediate();
  observer.disconnect();
  return Math.max(0, ...slow.map((each) => each.end - each.start - overlap(each, pauses)));
}

function overlap({ start, end }: { start: number; end: number }, pauses: readonly { start: number; end: number }[]): number {
  return pauses.reduce((sum, pause) => sum + Math.max(0, Math.min(end, pause.end) - Math.max(start, pause.start)), 0);
}
