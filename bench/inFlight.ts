import { makeKeys, uniform } from "./memory/workloads.ts";

/** Decides one call on a server. */
export type ServerCall = (key: string) => Promise<unknown>;

const MANY_KEYS = 100_000;
const WARM_UP_MS = 300;
const MEASURED_MS = 700;

/** What every table of a server measures, in microseconds. */
export const SERVER_COLUMNS = ["1, one key, p50", ...throughputs().map(({ column }) => column)];

interface Throughput {
  readonly column: string;
  readonly inFlight: number;
  readonly keys: number;
}

/** Calls that are awaited together, on one key or on random ones of many. */
function throughputs(): Throughput[] {
  return [
    { column: "64, one key", inFlight: 64, keys: 1 },
    { column: "512, one key", inFlight: 512, keys: 1 },
    { column: "64, 100k keys", inFlight: 64, keys: MANY_KEYS },
    { column: "512, 100k keys", inFlight: 512, keys: MANY_KEYS },
  ];
}

/** Measures every column, and the client's CPU time for a decision of each under many. */
export async function measureInFlight(call: ServerCall): Promise<Record<string, number>> {
  const sample: Record<string, number> = { "1, one key, p50": await medianLatency(call) };
  for (const { column, inFlight, keys } of throughputs()) {
    const names = makeKeys(keys).map((key) => `${column}:${key}`);
    await keepInFlight(call, names, inFlight, WARM_UP_MS);
    const { clock, cpu } = await keepInFlight(call, names, inFlight, MEASURED_MS);
    sample[column] = clock;
    sample[`client CPU: ${column}`] = cpu;
  }
  return sample;
}

async function medianLatency(call: ServerCall): Promise<number> {
  for (let n = 0; n < 1000; n++) await call("latency");
  const latencies = new Float64Array(2000);
  for (let n = 0; n < latencies.length; n++) {
    const start = performance.now();
    await call("latency");
    latencies[n] = (performance.now() - start) * 1000;
  }
  return latencies.toSorted()[latencies.length / 2];
}

/** Microseconds a decision while so many calls are always under way: by the clock, and of this process's CPU. */
async function keepInFlight(
  call: ServerCall,
  keys: readonly string[],
  inFlight: number,
  ms: number,
): Promise<{ clock: number; cpu: number }> {
  const order = uniform(100_000, keys.length);
  const used = process.cpuUsage();
  const start = performance.now();
  let done = 0;
  const runOne = async () => {
    while (performance.now() - start < ms) await call(keys[order[done++ % order.length]]);
  };
  await Promise.all(Array.from({ length: inFlight }, runOne));
  const clock = ((performance.now() - start) * 1000) / done;
  const { user, system } = process.cpuUsage(used);
  return { clock, cpu: (user + system) / done };
}
