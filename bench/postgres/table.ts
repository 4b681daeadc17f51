import { startPostgres } from "../../test/services/postgres.ts";
import { SERVER_COLUMNS } from "../inFlight.ts";
import { atLeast, atMost } from "../serverTargets.ts";
import type { Reference, Table } from "../Table.ts";
import { contenders } from "./contenders.ts";

const ONE_LIMIT = ["sluice token bucket", "sluice sliding window"];
const RLF: Reference = { called: "rate-limiter-flexible", contenders: ["rate-limiter-flexible"] };
const UNION: Reference = {
  called: "its three limits",
  contenders: ["rate-limiter-flexible, three limits"],
};

export const postgres: Table = {
  name: "postgres",
  unit: "us per decision by the clock, of CPU where it says so",
  script: new URL("child.ts", import.meta.url),
  server: startPostgres,
  rounds: 7,
  contenders: Object.keys(contenders),
  columns: [...SERVER_COLUMNS, ...SERVER_COLUMNS.slice(1).map((column) => `client CPU: ${column}`)],
  references: [RLF, UNION],
  ours: [...ONE_LIMIT, "sluice three limits"],
  times: SERVER_COLUMNS,
  targets: [
    atLeast(8, "64, one key", ONE_LIMIT, RLF),
    atLeast(2.5, "64, 100k keys", ONE_LIMIT, RLF),
    atMost(1.2, "1, one key, p50", ONE_LIMIT, RLF),
  ],
};
