import type { Figures, Table, Target } from "../Table.ts";
import { contenders } from "./contenders.ts";

const LIMITS = ["sluice token bucket", "sluice fixed window", "sluice sliding window"];
/** Fixed-window counters that return two numbers. */
const COUNTERS = ["hono-rate-limiter", "@fastify/rate-limit"];
const PEERS = [...COUNTERS, "express-rate-limit", "rate-limiter-flexible"];
const COLUMNS = ["one key", "1,000 keys", "denied", "1M keys, random", "1M keys, zipf", "1M new keys"];

export const memory: Table = {
  name: "memory",
  unit: "ns of CPU per decision, median",
  script: new URL("child.ts", import.meta.url),
  rounds: 7,
  contenders: Object.keys(contenders),
  columns: [...COLUMNS, "bytes per key", "longest call, ms"],
  targets: [
    ...["one key", "1,000 keys", "denied"].map((column) =>
      againstFastest(column, COUNTERS, 0.7, "bare counter"),
    ),
    ...["one key", "1,000 keys"].map((column) =>
      againstFastest(column, ["express-rate-limit"], 1.5, "express-rate-limit"),
    ),
    ...["1M keys, random", "1M keys, zipf"].map((column) => againstFastest(column, PEERS, 2, "peer")),
    againstFastest("1M new keys", PEERS, 1.5, "peer"),
    target(
      "bytes per key: at most 64 beside the key",
      (figures) => slowest(figures, LIMITS, "bytes per key") / 64,
    ),
    target("promise, one key: at least 2x the speed of rate-limiter-flexible", (figures) => {
      return (
        (figures("sluice consume (promise)", "one key") * 2) / figures("rate-limiter-flexible", "one key")
      );
    }),
    target("three limits, one key: at most 2x the time of one", (figures) => {
      return figures("sluice three limits", "one key") / 2 / slowest(figures, LIMITS, "one key");
    }),
    target(
      "longest call while 1M keys arrive: at most 10 ms",
      (figures) => slowest(figures, LIMITS, "longest call, ms") / 10,
    ),
  ],
};

/** The slowest of our three limits against the fastest of theirs. */
function againstFastest(column: string, others: readonly string[], speed: number, called: string): Target {
  const text = `${column}: at least ${speed}x the speed of ${others.length > 1 ? "the fastest " : ""}${called}`;
  return target(text, (figures) => {
    const fastest = Math.min(...others.map((name) => figures(name, column)));
    return (slowest(figures, LIMITS, column) * speed) / fastest;
  });
}

function slowest(figures: Figures, names: readonly string[], column: string): number {
  return Math.max(...names.map((name) => figures(name, column)));
}

function target(text: string, share: (figures: Figures) => number): Target {
  return { text, share };
}
