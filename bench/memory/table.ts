import { type Figures, type Reference, type Table, type Target, timeOf } from "../Table.ts";
import { contenders } from "./contenders.ts";

const ONE_LIMIT = ["sluice token bucket", "sluice fixed window", "sluice sliding window"];
const PROMISE = "sluice consume (promise)";
const THREE_LIMITS = "sluice three limits";
const NEW_STRINGS = "1,000 keys, new strings";
const TIMES = [
  "one key",
  "1,000 keys",
  NEW_STRINGS,
  "denied",
  "1M keys, random",
  "1M keys, zipf",
  "1M new keys",
];
const LONGEST = "longest call, ms";

/** Fixed-window counters that return two numbers. */
const COUNTER: Reference = {
  called: "the fastest bare counter",
  contenders: ["hono-rate-limiter", "@fastify/rate-limit"],
};
const ERL: Reference = { called: "express-rate-limit", contenders: ["express-rate-limit"] };
const RLF: Reference = { called: "rate-limiter-flexible", contenders: ["rate-limiter-flexible"] };
const PEER: Reference = {
  called: "the fastest peer",
  contenders: [COUNTER, ERL, RLF].flatMap((reference) => reference.contenders),
};

export const memory: Table = {
  name: "memory",
  unit: "ns of CPU per decision",
  script: new URL("child.ts", import.meta.url),
  rounds: 7,
  contenders: Object.keys(contenders),
  columns: [...TIMES, "bytes per key", LONGEST],
  leastOf: LONGEST,
  references: [COUNTER, ERL, RLF],
  ours: [...ONE_LIMIT, PROMISE, THREE_LIMITS],
  times: TIMES,
  targets: [
    speed("one key", 0.7, COUNTER),
    speed("1,000 keys", 0.7, COUNTER),
    speed("denied", 0.7, COUNTER),
    speed("one key", 1.5, ERL),
    speed("1,000 keys", 1.5, ERL),
    speed("1M keys, random", 2, PEER),
    speed("1M keys, zipf", 2, PEER),
    speed("1M new keys", 1.5, PEER),
    speed("one key", 2, RLF, [PROMISE]),
    atMost("bytes per key, beside the key", 64, (figures) => slowest(figures, ONE_LIMIT, "bytes per key")),
    atMost("times as long, three limits for one", 2, (figures) => {
      const one = ONE_LIMIT.reduce((sum, name) => sum + figures(name, "one key"), 0) / ONE_LIMIT.length;
      return figures(THREE_LIMITS, "one key") / one;
    }),
    atMost("ms, the longest call while 1M keys arrive", 10, (figures) =>
      slowest(figures, ONE_LIMIT, LONGEST),
    ),
  ],
};

/** The slowest of `ours` must have so many times the speed of a reference. */
function speed(
  column: string,
  times: number,
  reference: Reference,
  ours: readonly string[] = ONE_LIMIT,
): Target {
  return {
    text: `${column}${ours === ONE_LIMIT ? "" : `, ${ours.join(", ")}`}: at least ${times}x the speed of ${reference.called}`,
    share: (figures) => (slowest(figures, ours, column) * times) / timeOf(reference, column, figures),
  };
}

function atMost(unit: string, most: number, found: (figures: Figures) => number): Target {
  return { text: `at most ${most} ${unit}`, share: (figures) => found(figures) / most };
}

function slowest(figures: Figures, names: readonly string[], column: string): number {
  return Math.max(...names.map((name) => figures(name, column)));
}
