import { fixedWindow, type LimiterEvent, type Store, type StoreErrorPolicy } from "sluice";
import { expect } from "vitest";
import { until } from "../../../../test/services/until.ts";
import { answeredBy, isAnswered, type Outcome } from "./outcome.ts";
import { p99 } from "./timed.ts";
import { type LoadedLimiter, underLoad } from "./underLoad.ts";
import { freshNamespace, policies, watchedLimiter } from "./watchedLimiter.ts";

const LIMIT = 40;
const REPLICAS = 4;
const BUDGET_MS = 500;

/** What a decision may take beyond its budget. */
const SLACK_MS = 30;

export interface LossOfState {
  /** Each makes stores over one client of one server or cluster: one for a limiter of each policy. */
  readonly stores: readonly (() => Store)[];
  /** Ends what holds the key "a" of a namespace; the state of what takes its place may be older, or empty. */
  lose(namespace: string): Promise<void>;
  /** Makes that something takes its place, where nothing does by itself. */
  restore?(): Promise<void>;
}

/**
 * Loads limiters while the state of their keys is lost: in the meantime the policy answers, within the budget, then the
 * store again, and of a key no more is admitted than DESIGN 8.21 says: its limit once more, and the shares of `local`.
 */
export async function expectBounded({ stores, lose, restore }: LossOfState): Promise<void> {
  const namespace = freshNamespace();
  const loads = stores.flatMap((store) => policies.map((policy) => load(store(), namespace, policy)));
  const untilAll = (isSo: (newest: Outcome) => boolean) =>
    until(async () => loads.every(({ answers }) => answers.length > 0 && isSo(answers.at(-1)!)));
  await untilAll((newest) => isAnswered(newest) && !newest.allowed);
  const before = loads.map(({ answers }) => answers.length);
  await lose(namespace);
  await until(async () => loads.every(({ answers }, i) => !answers.slice(before[i]).every(isAnswered)));
  await restore?.();
  await untilAll((newest) => isAnswered(newest) && !newest.allowed);
  await until(async () => loads.every(({ events }) => isRecovery(events.at(-1)!)));
  await Promise.all(loads.map(({ end }) => end()));
  loads.forEach(({ answers, times, events }, i) => {
    const policy = policies[i % policies.length];
    expect(new Set(answers.map(answeredBy))).toEqual(new Set([false, policy]));
    expect(events[0]).toMatchObject({ type: "degraded", degraded: policy });
    expect(p99(times)).toBeLessThan(BUDGET_MS + SLACK_MS);
    expect(admitted(answers, "local")).toBeLessThanOrEqual(LIMIT / REPLICAS);
  });
  const inStore = loads.reduce((sum, { answers }) => sum + admitted(answers, false), 0);
  expect(inStore).toBeGreaterThanOrEqual(LIMIT);
  expect(inStore).toBeLessThanOrEqual(2 * LIMIT);
}

function isRecovery(event: LimiterEvent): boolean {
  return event.type === "degraded" && event.degraded === false;
}

function load(store: Store, namespace: string, onStoreError: StoreErrorPolicy): LoadedLimiter {
  const limits = fixedWindow({ limit: LIMIT, window: "30d" });
  const options = { limits, namespace, onStoreError, replicas: REPLICAS, timeoutMs: BUDGET_MS };
  return underLoad(watchedLimiter({ ...options, store }), "a", BUDGET_MS);
}

function admitted(answers: readonly Outcome[], by: "local" | false): number {
  return answers.filter((one) => answeredBy(one) === by && !(one instanceof Error) && one.allowed).length;
}
