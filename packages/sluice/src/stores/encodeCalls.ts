import type { PlanCode } from "./encodePlan.ts";
import type { Costs, Mode } from "./Store.ts";

/** One call on its way to a server. */
export interface Call {
  readonly code: PlanCode;
  readonly key: string;
  readonly costs: Costs;
  readonly mode: Mode;
}

/** What goes to a server: the names of all records, each once, and the program. */
export interface CallsCode {
  readonly names: readonly string[];
  /**
   * `[place of the calls, ...plans, calls, (plan, mode, block, ...records of states, ...costs)*]`. Places begin at 1, a
   * plan is named by its place and a record by its place in `names`; mode 0 is consume, 1 peek.
   */
  readonly program: readonly number[];
}

/** Encodes calls that are decided in this order, at one instant, with each plan and each name once. */
export function encodeCalls(calls: readonly Call[]): CallsCode {
  const program = [0];
  const plans = new Map<PlanCode, number>();
  for (const { code } of calls) {
    if (plans.has(code)) continue;
    plans.set(code, program.length + 1);
    for (const number of code.numbers) program.push(number);
  }
  program[0] = program.length + 1;
  program.push(calls.length);
  const places = new Map<string, number>();
  for (const { code, key, costs, mode } of calls) {
    const { names, sharesAny, plan } = code;
    const block = placeOf(names.block + key, places);
    program.push(plans.get(code)!, mode === "peek" ? 1 : 0, block, placeOf(names.states + key, places));
    if (sharesAny) program.push(placeOf(names.states, places));
    for (let i = 0; i < plan.limits.length; i++) program.push(typeof costs === "number" ? costs : costs[i]);
  }
  return { names: [...places.keys()], program };
}

function placeOf(name: string, places: Map<string, number>): number {
  const known = places.get(name);
  if (known !== undefined) return known;
  places.set(name, places.size + 1);
  return places.size;
}
