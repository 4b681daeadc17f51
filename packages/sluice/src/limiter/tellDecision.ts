import type { SyncPreparedPlan } from "../stores/Store.ts";
import type { Decision } from "./Decision.ts";
import type { DecidingPlan, NamedPlan } from "./NamedPlan.ts";

/** When the store was last asked, in milliseconds of this process; undefined if it was not. */
interface Watch {
  askedAt: number | undefined;
}

/**
 * Decides, and tells those who listen how, and how long the store took.
 * @param decide with a plan that is like the one given, and is watched
 */
export function tellDecision<Decided>(
  named: NamedPlan,
  decide: (timed: DecidingPlan) => Decided | Promise<Decided>,
  decisionOf: (decided: Decided) => Decision,
): Decided | Promise<Decided> {
  const watch: Watch = { askedAt: undefined };
  const decided = decide({ ...named, prepared: watched(named.prepared, watch) });
  const told = (decided: Decided) => {
    const { askedAt } = watch;
    const latencyMs = askedAt === undefined ? undefined : performance.now() - askedAt;
    emitDecision(named, decisionOf(decided), latencyMs);
    return decided;
  };
  return decided instanceof Promise ? decided.then(told) : told(decided);
}

/** @param latencyMs undefined if the store was not asked */
export function emitDecision(
  { name, events, dryRun }: Pick<NamedPlan, "name" | "events" | "dryRun">,
  decision: Decision,
  latencyMs: number | undefined,
): void {
  events.emit({ type: "decision", limiter: name, decision, dryRun, latencyMs });
}

/** The same verbs. They are called as methods of their plan, which may be one of somebody else. */
function watched(prepared: NamedPlan["prepared"], watch: Watch): DecidingPlan["prepared"] {
  const start = () => (watch.askedAt = performance.now());
  const asked: DecidingPlan["prepared"] = {
    known: (...call) => prepared.known?.(...call),
    decide(...call) {
      start();
      return prepared.decide(...call);
    },
    act(...call) {
      start();
      return prepared.act(...call);
    },
  };
  if (!("decideSync" in prepared)) return asked;
  const decideSync: SyncPreparedPlan["decideSync"] = (...call) => {
    start();
    return prepared.decideSync(...call);
  };
  const actSync: SyncPreparedPlan["actSync"] = (...call) => {
    start();
    return prepared.actSync(...call);
  };
  return { ...asked, decideSync, actSync };
}
