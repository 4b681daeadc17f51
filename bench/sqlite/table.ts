import type { Table, Target } from "../Table.ts";
import { contenders } from "./contenders.ts";

const NAMES = Object.keys(contenders);
const PEER = "rate-limiter-flexible, better-sqlite3";
const COLUMNS = ["one key", "100k keys", "one key, by the clock", "100k keys, by the clock"];

export const sqlite: Table = {
  name: "sqlite",
  unit: "ns per decision, median; of CPU where not by the clock",
  script: new URL("child.ts", import.meta.url),
  rounds: 7,
  contenders: NAMES,
  columns: COLUMNS,
  targets: NAMES.filter((name) => name !== PEER).flatMap((name) =>
    COLUMNS.map((column) => threeTimes(name, column)),
  ),
};

function threeTimes(name: string, column: string): Target {
  return {
    text: `${name}, ${column}: at least 3x the speed of rate-limiter-flexible`,
    share: (figures) => (figures(name, column) * 3) / figures(PEER, column),
  };
}
