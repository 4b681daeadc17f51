// node --expose-gc bench/memory/child.ts <contender>: measures every column, and prints them as JSON.
import { cpuTime } from "../cpuTime.ts";
import { type AsyncCall, type Call, contenders, type Setting } from "./contenders.ts";
import { longestCall } from "./longestCall.ts";
import { inTurn, makeKeys, MANY, uniform, zipf } from "./workloads.ts";

// Odd amounts, so that no arithmetic comes out easier than in earnest.
/** More than a run takes of one key. */
const OPEN: Setting = { limit: 1_999_993, windowMs: 1_800_000 };
/**
 * So slow to come back, one in 86 seconds, that every key stays until the end, and only the most frequent few are refused.
 * The timers of a peer go up to 24 days.
 */
const LASTING: Setting = { limit: 20_011, windowMs: 20 * 86_400_000 };
const REFUSING: Setting = { limit: 11, windowMs: 3_600_000 };
const WARM_UP = 700_000;
const STEADY = 1_000_000;

type KeyAt = (index: number) => string;

const contender = contenders[process.argv[2]];
const isOurs = process.argv[2].startsWith("sluice");
if (contender === undefined) throw new Error(`no contender is called ${process.argv[2]}`);
const keys = makeKeys(contender.fewKeys ? 1000 : MANY);
/** The same strings again and again: the engine keeps the hash of a string in it, which suits those that count in a Map. */
const storedKey: KeyAt = (index) => keys[index];
/** A string of its own for each call, as requests bring them. */
const newKey: KeyAt = (index) => `192.0.2.7:${10_000 + index}`;
process.stdout.write(JSON.stringify(await measureAll()));
// Some peers keep timers.
process.exit();

async function measureAll(): Promise<Record<string, number>> {
  const one = new Uint32Array(STEADY);
  return {
    "one key": await steady(OPEN, one),
    "1,000 keys": await steady(OPEN, inTurn(STEADY, 1000)),
    "1,000 keys, new strings": await steady(OPEN, inTurn(STEADY, 1000), newKey),
    denied: await steady(REFUSING, one),
    ...(!contender.fewKeys && (await measureMany())),
    ...(!contender.fewKeys && isOurs && { "longest call, ms": await longestCall(create(LASTING), keys) }),
  };
}

async function measureMany(): Promise<Record<string, number>> {
  const order = inTurn(MANY, MANY);
  const random = uniform(300_000, MANY);
  const skewed = zipf(300_000, MANY);
  const before = memoryUsed();
  const call = create(LASTING);
  return {
    "1M new keys": await time(call, order),
    "bytes per key": (memoryUsed() - before) / MANY,
    "1M keys, random": await time(call, random),
    "1M keys, zipf": await time(call, skewed),
  };
}

function create(setting: Setting): Call | AsyncCall {
  return "sync" in contender ? contender.sync(setting) : contender.async(setting);
}

async function steady(setting: Setting, order: Uint32Array, keyAt: KeyAt = storedKey): Promise<number> {
  const call = create(setting);
  await time(call, order.subarray(0, WARM_UP), keyAt);
  return time(call, order, keyAt);
}

async function time(call: Call | AsyncCall, order: Uint32Array, keyAt = storedKey): Promise<number> {
  const run = "sync" in contender ? runSync : runAsync;
  return cpuTime(order.length, () => run(call as Call & AsyncCall, order, keyAt));
}

function runSync(call: Call, order: Uint32Array, keyAt: KeyAt): void {
  let sum = 0;
  for (let i = 0; i < order.length; i++) sum += call(keyAt(order[i]));
  if (!(sum >= 0)) throw new Error("an answer was no number");
}

async function runAsync(call: AsyncCall, order: Uint32Array, keyAt: KeyAt): Promise<void> {
  let answers = 0;
  for (let i = 0; i < order.length; i++) {
    try {
      if (await call(keyAt(order[i]))) answers++;
    } catch {
      answers++;
    }
  }
  if (answers < order.length) throw new Error("an answer was missing");
}

function memoryUsed(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
