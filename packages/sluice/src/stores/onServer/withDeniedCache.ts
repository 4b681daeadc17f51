import type { Limit } from "../../algorithms/Limit.ts";
import type { Verdict } from "../../algorithms/Machine.ts";
import { costOf } from "../costOf.ts";
import { copyOutcome } from "../inProcess/copyOutcome.ts";
import { decide } from "../inProcess/decide.ts";
import { createDesk, type Desk } from "../inProcess/Desk.ts";
import type { Act, Costs, Keys, Outcome, Plan, PreparedPlan, Store } from "../Store.ts";
import { waitOf } from "../waitOf.ts";
import { takeUp } from "./takeUp.ts";

/** How long a refusal is repeated at most, in milliseconds. */
const LONGEST_MS = 1000;
/** How many refusals are kept for one plan; then the oldest go. */
const MOST_KEYS = 10_000;

/** A refusal that the server gave. */
interface Refusal {
  readonly costs: Costs;
  readonly outcome: Outcome;
  /** When it was asked for, and until when it is sure, in milliseconds of this process. */
  readonly sentAt: number;
  readonly until: number;
  /** In which it was asked for. */
  readonly epoch: number;
}

/** Counts the resets of a store: one ends an epoch, and with it all that was known. */
interface Epochs {
  current: number;
}

/**
 * The same store, which answers for itself what is sure: a call that was refused is refused again until its wait is over,
 * and so is one that costs more. What another process resets or gives back is noticed here after a second at the latest.
 */
export function withDeniedCache(store: Store): Store {
  const epochs: Epochs = { current: 0 };
  return {
    ...store,
    prepare(plan) {
      const prepared = store.prepare(plan);
      return plan.limits.some(isUnsure) ? prepared : remembering(plan, prepared, epochs);
    },
  };
}

function remembering(plan: Plan, prepared: PreparedPlan, epochs: Epochs): PreparedPlan {
  const cache = new Map<string, Refusal>();
  const desk = createDesk(plan);
  return {
    known(keys, costs, blockKey) {
      const refusal = cache.get(nameOf(keys, blockKey));
      return refusal?.epoch === epochs.current
        ? repeated(plan, desk, refusal, costs, performance.now())
        : undefined;
    },
    async decide(keys, costs, mode, blockKey) {
      const [sentAt, epoch] = [performance.now(), epochs.current];
      const outcome = await prepared.decide(keys, costs, mode, blockKey);
      const name = nameOf(keys, blockKey);
      cache.delete(name);
      if (isLasting(plan, outcome)) {
        // With the next refusal after a block another begins.
        const wait = outcome.blocked ? outcome.blockedFor : waitOf(plan.limits, outcome);
        const until = sentAt + Math.min(wait / 1000, LONGEST_MS);
        remember(cache, name, { costs, outcome, sentAt, until, epoch });
      }
      return outcome;
    },
    async act(keys, act, blockKey) {
      const done = prepared.act(keys, act, blockKey);
      return frees(act) ? forgetting(epochs, done) : done;
    },
    reset: (keys, blockKey) => forgetting(epochs, prepared.reset(keys, blockKey)),
  };
}

/** Before and after: neither what was known nor what is just being asked holds. */
function forgetting<Result>(epochs: Epochs, done: Promise<Result>): Promise<Result> {
  epochs.current++;
  return done.finally(() => epochs.current++);
}

/** A refused call is charged too, or may pass as soon as any process ends something. */
function isUnsure({ countDenied, isLease }: Limit): boolean {
  return countDenied || isLease;
}

/** A refused call could pass after it. */
function frees(act: Act): boolean {
  return act.does === "block" ? act.duration === 0 : ["refund", "unbook", "settle"].includes(act.does);
}

/** Not the refusal that starts a block: the next one says that the key is blocked. */
function isLasting({ block }: Plan, { allowed, blocked }: Outcome): boolean {
  return !allowed && (blocked || block.duration === 0);
}

function nameOf(keys: Keys, blockKey: string | undefined): string {
  return typeof keys === "string" && blockKey === undefined ? keys : JSON.stringify([keys, blockKey]);
}

function remember(cache: Map<string, Refusal>, name: string, refusal: Refusal): void {
  if (cache.size === MOST_KEYS) cache.delete(cache.keys().next().value!);
  cache.set(name, refusal);
}

/** What a call is told while a refusal is sure for its costs, too. */
function repeated(
  plan: Plan,
  desk: Desk,
  { costs, outcome, sentAt, until }: Refusal,
  asked: Costs,
  now: number,
): Outcome | undefined {
  const { limits } = plan;
  if (now >= until || !isEach(limits, asked, costs, (a, b) => a >= b)) return undefined;
  const elapsed = Math.floor((now - sentAt) * 1000);
  if (!limits.some(({ machine }) => machine.grows)) return decideLater(plan, desk, outcome, asked, elapsed);
  return isEach(limits, asked, costs, (a, b) => a === b) ? repeatLater(outcome, elapsed) : undefined;
}

function isEach(
  limits: readonly Limit[],
  asked: Costs,
  cached: Costs,
  holds: (asked: number, cached: number) => boolean,
): boolean {
  return limits.every((_, i) => holds(costOf(asked, i), costOf(cached, i)));
}

/** As the server would decide: a call that costs more waits longer, or never passes. */
function decideLater(plan: Plan, desk: Desk, told: Outcome, costs: Costs, elapsed: number): Outcome {
  takeUp(desk, told);
  decide(plan, desk, told.now + elapsed, costs, "peek");
  return copyOutcome(desk.outcome);
}

/** Of a log nobody here knows more than what was told of the same cost. */
function repeatLater(told: Outcome, elapsed: number): Outcome {
  return {
    ...told,
    now: told.now + elapsed,
    blockedFor: Math.max(0, told.blockedFor - elapsed),
    verdicts: told.verdicts.map((verdict) => later(verdict, elapsed)),
  };
}

function later(verdict: Verdict, elapsed: number): Verdict {
  const { fits, wait, reset } = verdict;
  return { ...verdict, wait: fits ? 0 : Math.max(1, wait - elapsed), reset: Math.max(0, reset - elapsed) };
}
