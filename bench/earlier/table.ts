import { type Reference, type Table, type Target, timeOf } from "../Table.ts";
import { buildEarlier } from "./buildEarlier.ts";

/** The last commit before the library could wait, reserve, and be listened to. */
const BEFORE_LISTENERS = "111ea09";

const EARLIER: Reference = { called: "the earlier build", contenders: ["earlier"] };
const COLUMNS = ["one key", "1,000 keys", "denied", "three limits", "promise"];

/** Whether what was added since a commit costs those who do not use it: `EARLIER=<commit> npm run bench -- earlier`. */
export const earlier: Table = {
  name: "earlier",
  unit: "ns of CPU per decision in memory, without listeners",
  script: new URL("child.ts", import.meta.url),
  server: () => buildEarlier(process.env["EARLIER"] ?? BEFORE_LISTENERS),
  rounds: 9,
  contenders: ["now", "earlier"],
  columns: COLUMNS,
  references: [EARLIER],
  ours: ["now"],
  times: COLUMNS,
  targets: COLUMNS.map(notSlower),
};

function notSlower(column: string): Target {
  return {
    text: `${column}: not slower than ${EARLIER.called}`,
    share: (figures) => figures("now", column) / timeOf(EARLIER, column, figures),
  };
}
