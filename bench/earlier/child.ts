// node --expose-gc bench/earlier/child.ts now|earlier <folder of both>: measures every column, and prints them as JSON.
import type * as Sluice from "sluice";
import { cpuTime } from "../cpuTime.ts";
import { inTurn, makeKeys } from "../memory/workloads.ts";

const CALLS = 1_000_000;
const WARM_UP = 700_000;
/** Odd, so that no arithmetic comes out easier than in earnest, and more than a run takes. */
const OPEN = { limit: 1_999_993, window: 1_800_000 };
const REFUSING = { limit: 11, window: 3_600_000 };

const [, , contender, folder] = process.argv;
const built = (await import(`${folder}${contender}/index.js`)) as typeof Sluice;
const { fixedWindow, rateLimiter, slidingWindow, tokenBucket } = built;

const keys = makeKeys(1000);
const one = new Uint32Array(CALLS);
const open = bucketOf(OPEN);
const three = [
  open,
  fixedWindow({ ...OPEN, window: 3_600_000 }),
  slidingWindow({ ...OPEN, window: 900_000 }),
];
process.stdout.write(
  JSON.stringify({
    "one key": await measure(one, sync(open)),
    "1,000 keys": await measure(inTurn(CALLS, 1000), sync(open)),
    denied: await measure(one, sync(bucketOf(REFUSING))),
    "three limits": await measure(one, sync(three)),
    promise: await measure(one, promised(open)),
  }),
);
process.exit();

function bucketOf({ limit, window }: typeof OPEN): Sluice.Limit {
  return tokenBucket({ capacity: limit, refill: { amount: limit, per: window } });
}

function sync(limits: Sluice.LimitsInput): (key: string) => unknown {
  const limiter = rateLimiter({ limits });
  return (key) => limiter.consumeSync(key);
}

function promised(limits: Sluice.LimitsInput): (key: string) => Promise<unknown> {
  const limiter = rateLimiter({ limits });
  return (key) => limiter.consume(key);
}

async function measure(order: Uint32Array, call: (key: string) => unknown): Promise<number> {
  const run = async (count: number) => {
    for (let i = 0; i < count; i++) {
      const answer = call(keys[order[i]]);
      if (answer instanceof Promise) await answer;
    }
  };
  await run(WARM_UP);
  globalThis.gc!();
  return cpuTime(CALLS, () => run(CALLS));
}
