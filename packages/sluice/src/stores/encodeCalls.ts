import type { PlanCode } from "./encodePlan.ts";
import type { Costs, Mode } from "./Store.ts";

/** One call on its way to a server. */
export interface Call {
  readonly code: PlanCode;
  readonly key: string;
  /** Under which its block is found; the records of both lie together. Default `key`. */
  readonly blockKey?: string | undefined;
  readonly costs: Costs;
  readonly mode: Mode;
}

/** What goes to a server: the names of all records, each once, and the program. */
export interface CallsCode {
  readonly names: readonly string[];
  /** Places in `names` of the records that some call may write where there is none yet. */
  readonly creates: readonly number[];
  /**
   * `[place of the calls, ...plans, calls, (plan, mode, block, ...records of states, ...costs)*]`. Places begin at 1, a
   * plan is named by its place and a record by its place in `names`; mode 0 is consume, 1 peek.
   */
  readonly program: readonly number[];
}

/**
 * Encodes calls that are decided in this order, at one instant, with each plan and each name once.
 * @param prefixOf what stands before the names of the records of a namespace and key; default nothing
 */
export function encodeCalls(
  calls: readonly Call[],
  prefixOf: (namespace: string, key: string) => string = () => "",
): CallsCode {
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
  const creates = new Set<number>();
  const place = (name: string, isCreated: boolean) => {
    const at = placeOf(name, places);
    if (isCreated) creates.add(at);
    program.push(at);
  };
  for (const { code, key, blockKey = key, costs, mode } of calls) {
    const { names, sharesAny, plan } = code;
    const prefix = prefixOf(plan.namespace, blockKey);
    const consumes = mode === "consume";
    program.push(plans.get(code)!, consumes ? 0 : 1);
    place(prefix + names.block + blockKey, consumes && plan.block.duration > 0);
    place(prefix + names.states + key, consumes);
    if (sharesAny) place(prefixOf(plan.namespace, "") + names.states, consumes);
    for (let i = 0; i < plan.limits.length; i++) program.push(typeof costs === "number" ? costs : costs[i]);
  }
  return { names: [...places.keys()], creates: [...creates], program };
}

function placeOf(name: string, places: Map<string, number>): number {
  const known = places.get(name);
  if (known !== undefined) return known;
  places.set(name, places.size + 1);
  return places.size;
}
