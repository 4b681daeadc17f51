import { startRedis } from "../../test/services/redis.ts";
import { SERVER_COLUMNS } from "../inFlight.ts";
import { atLeast, atMost } from "../serverTargets.ts";
import type { Reference, Table } from "../Table.ts";
import { contenders } from "./contenders.ts";

const ONE_LIMIT = ["sluice token bucket", "sluice sliding window"];
const THREE_LIMITS = ["sluice three limits"];
const DENIED = "sluice, refused, deniedCache";
const RLF: Reference = { called: "rate-limiter-flexible", contenders: ["rate-limiter-flexible"] };
const UNION: Reference = {
  called: "its three limits",
  contenders: ["rate-limiter-flexible, three limits"],
};
const ERL: Reference = { called: "rate-limit-redis", contenders: ["rate-limit-redis"] };
const IN_FLIGHT = SERVER_COLUMNS.slice(1);

export const redis: Table = {
  name: "redis",
  unit: "us per decision by the clock, of CPU where it says so",
  script: new URL("child.ts", import.meta.url),
  server: startRedis,
  rounds: 7,
  contenders: Object.keys(contenders),
  columns: [...SERVER_COLUMNS, ...IN_FLIGHT.map((column) => `client CPU: ${column}`)],
  references: [RLF, UNION, ERL],
  ours: [...ONE_LIMIT, ...THREE_LIMITS],
  times: SERVER_COLUMNS,
  targets: [
    atLeast(8, "512, one key", ONE_LIMIT, RLF),
    atLeast(2.5, "64, one key", ONE_LIMIT, RLF),
    atLeast(2, "512, 100k keys", ONE_LIMIT, RLF),
    atLeast(1.2, "512, 100k keys", ONE_LIMIT, ERL),
    atLeast(1.2, "64, 100k keys", ONE_LIMIT, RLF),
    atMost(1.1, "1, one key, p50", ONE_LIMIT, RLF),
    {
      text: `512, one key: ${DENIED}: at least 1,000,000 a second`,
      share: (figures) => figures(DENIED, "512, one key"),
    },
    ...IN_FLIGHT.map((column) => atLeast(2.5, column, THREE_LIMITS, UNION)),
  ],
};
