import type { PlanCode } from "./encodePlan.ts";
import { type Call, type Entry, mergeCalls } from "./mergeCalls.ts";

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
  /** In the order of the program, and of the reply. */
  readonly entries: readonly Entry[];
}

const CONSUME = 0;
const PEEK = 1;

/**
 * Encodes calls that are decided in this order, at one instant, with each plan and each name once.
 * @param prefixOf what stands before the names of the records of a namespace and key; default nothing
 */
export function encodeCalls(
  calls: readonly Call[],
  prefixOf: (namespace: string, key: string) => string = () => "",
): CallsCode {
  const { names, entries } = mergeCalls(calls, prefixOf);
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
  for (const entry of entries) {
    const { code, costs, mode } = entry.call;
    const [block, ...states] = entry.records;
    program.push(plans.get(code)!, modeOf(entry), block);
    for (const record of states) program.push(record);
    for (let i = 0; i < code.plan.limits.length; i++)
      program.push(typeof costs === "number" ? costs : costs[i]);
    if (mode === "peek") continue;
    for (const record of states) creates.add(record);
    if (code.plan.block.duration > 0) creates.add(block);
  }
  return { names, creates: [...creates], program, entries };
}

function modeOf({ call, places }: Entry): number {
  if (places.length > 1) return places.length;
  return call.mode === "consume" ? CONSUME : PEEK;
}
