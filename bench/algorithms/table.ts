import type { Table } from "../Table.ts";
import { contenders } from "./contenders.ts";

const TIMES = ["admitted", "refused"];

/** What the algorithms cost beside each other, for the guide. They have no peers, and so no targets. */
export const algorithms: Table = {
  name: "algorithms",
  unit: "ns of CPU per decision",
  script: new URL("child.ts", import.meta.url),
  rounds: 5,
  contenders: Object.keys(contenders),
  columns: [...TIMES, "bytes per key, 1 call", "bytes per key, 50 calls"],
  references: [],
  ours: Object.keys(contenders),
  times: TIMES,
  targets: [],
};
