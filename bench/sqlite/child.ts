// node --expose-gc bench/sqlite/child.ts <contender>: measures every column, and prints them as JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuTime } from "../cpuTime.ts";
import { makeKeys, uniform } from "../memory/workloads.ts";
import { contenders } from "./contenders.ts";

const CALLS = 30_000;
/** Until the engine has compiled what it wants to: with 5,000 a sixth of each figure was the compiler's. */
const WARM_UP = 40_000;
const PLENTY = 1_999_993;
const SPENT_BY_THEN = 7;

const create = contenders[process.argv[2]];
if (create === undefined) throw new Error(`no contender is called ${process.argv[2]}`);
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  const one = await measure("one.sqlite", 1, PLENTY);
  const many = await measure("many.sqlite", 100_000, PLENTY);
  const denied = await measure("denied.sqlite", 1, SPENT_BY_THEN);
  process.stdout.write(
    JSON.stringify({
      "one key": one.cpu,
      "one key, by the clock": one.clock,
      "100k keys": many.cpu,
      "100k keys, by the clock": many.clock,
      denied: denied.cpu,
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}
process.exit();

/** Random keys, so that in a file of many some calls bring a new one and some find theirs. */
async function measure(file: string, count: number, limit: number): Promise<{ cpu: number; clock: number }> {
  const call = await create(join(folder, file), limit);
  const keys = makeKeys(count);
  const order = uniform(WARM_UP + CALLS, count);
  const run = async (from: number, to: number) => {
    for (let i = from; i < to; i++) {
      const answer = call(keys[order[i]]);
      if (answer instanceof Promise) await answer;
    }
  };
  await run(0, WARM_UP);
  globalThis.gc!();
  const start = performance.now();
  const cpu = await cpuTime(CALLS, () => run(WARM_UP, WARM_UP + CALLS));
  return { cpu, clock: ((performance.now() - start) * 1e6) / CALLS };
}
