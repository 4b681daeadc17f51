import { costOf } from "../costOf.ts";
import type { PlanCode } from "./encodePlan.ts";
import type { Batch, Entry } from "./mergeCalls.ts";

/** What goes to a server: the names of all records, each once, and the program. */
export interface CallsCode {
  readonly names: readonly string[];
  /** Places in `names` of the records that some call may write where there is none yet. */
  readonly creates: readonly number[];
  /**
   * `[place of the entries, ...plans, entries, (plan, mode, block, ...records of states, ...costs)*]`. Places begin at 1, a
   * plan is named by its place and a record by its place in `names`; mode 0 is consume, 1 peek, from 2 on so many
   * equal calls that consume.
   */
  readonly program: readonly number[];
}

const CONSUME = 0;
const PEEK = 1;

/** Encodes entries that are decided in this order, at one instant, with each plan once. */
export function encodeCalls({ names, entries }: Batch): CallsCode {
  const program = [0];
  const plans = new Map<PlanCode, number>();
  for (const { call } of entries) {
    if (plans.has(call.code)) continue;
    plans.set(call.code, program.length + 1);
    for (const number of call.code.numbers) program.push(number);
  }
  program[0] = program.length + 1;
  program.push(entries.length);
  const creates = new Set<number>();
  const someConsume = entries.some(({ call }) => call.mode === "consume");
  for (const entry of entries) {
    const { code, costs, mode } = entry.call;
    const { records } = entry;
    program.push(plans.get(code)!, modeOf(entry));
    for (const record of records) program.push(record);
    for (let i = 0; i < code.plan.limits.length; i++) program.push(costOf(costs, i));
    if (!someConsume) continue;
    // A peek beside them locks what it reads as they do: else it could see one record before a call of somebody else's,
    // and another after it.
    for (let n = mode === "peek" || code.plan.block.duration > 0 ? 0 : 1; n < records.length; n++)
      creates.add(records[n]);
  }
  return { names, creates: [...creates], program };
}

function modeOf({ call, places }: Entry): number {
  if (places.length > 1) return places.length;
  return call.mode === "consume" ? CONSUME : PEEK;
}
