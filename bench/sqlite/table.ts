import { type Reference, type Table, type Target, timeOf } from "../Table.ts";
import { contenders } from "./contenders.ts";

const RLF: Reference = {
  called: "rate-limiter-flexible",
  contenders: ["rate-limiter-flexible, better-sqlite3"],
};
const OURS = Object.keys(contenders).filter((name) => !RLF.contenders.includes(name));
const COLUMNS = ["one key", "100k keys", "denied", "one key, by the clock", "100k keys, by the clock"];

export const sqlite: Table = {
  name: "sqlite",
  unit: "ns per decision, of CPU where not by the clock; every decision is committed before it is answered",
  script: new URL("child.ts", import.meta.url),
  rounds: 7,
  contenders: Object.keys(contenders),
  columns: COLUMNS,
  references: [RLF],
  ours: OURS,
  times: COLUMNS,
  targets: COLUMNS.map(threeTimes),
};

/** The slowest of ours must have three times the speed. */
function threeTimes(column: string): Target {
  return {
    text: `${column}: at least 3x the speed of ${RLF.called}`,
    share: (figures) =>
      (Math.max(...OURS.map((name) => figures(name, column))) * 3) / timeOf(RLF, column, figures),
  };
}
