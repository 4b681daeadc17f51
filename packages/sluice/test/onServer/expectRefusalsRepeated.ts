import { fixedWindow, rateLimiter, type Store } from "sluice";
import { expect, onTestFinished, vi } from "vitest";
import { strict } from "../redis/strict.ts";

/** Whether a store with `deniedCache` answers for itself who was refused, each with its own wait. No second passes here. */
export async function expectRefusalsRepeated(store: Store): Promise<void> {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const limits = fixedWindow({ limit: 5, window: "1d" });
  const limiter = rateLimiter({ ...strict, limits, store, namespace: "refusals" });
  await limiter.reset("a");
  const told = [];
  for (const cost of [5, 2, 2, 3, 6, 1]) {
    const { reason, cached = false } = await limiter.consume("a", { cost });
    told.push([cost, reason, cached]);
  }
  expect(told).toEqual([
    [5, "ok", false],
    [2, "limited", false],
    [2, "limited", true],
    [3, "limited", true],
    [6, "never", true],
    [1, "limited", false],
  ]);
  await limiter.reset("a");
  expect(await limiter.consume("a")).toMatchObject({ allowed: true, remaining: 4 });
}
