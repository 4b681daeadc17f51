import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onceSettled } from "../../src/file/onceSettled.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How often it has worked after each of these pauses, in milliseconds, with a note after each. */
function workedAfter(pauses: readonly number[]): number[] {
  const work = vi.fn<() => void>();
  const { note } = onceSettled(work);
  return pauses.map((ms) => {
    vi.advanceTimersByTime(ms);
    note();
    return work.mock.calls.length;
  });
}

test("a file that is written line by line is looked at 100 ms after the last line", () => {
  expect(workedAfter([0, 90, 90, 90, 99, 100, 99])).toEqual([0, 0, 0, 0, 0, 1, 1]);
});

test("where it never settles, it is looked at every two seconds", () => {
  const worked = workedAfter(Array.from({ length: 61 }, () => 90));
  expect([worked[22], worked[23], worked[60]]).toEqual([0, 1, 2]);
});

test("what was cancelled is not done", () => {
  const work = vi.fn<() => void>();
  const { note, cancel } = onceSettled(work);
  note();
  cancel();
  vi.advanceTimersByTime(5000);
  expect(work).not.toHaveBeenCalled();
  note();
  vi.advanceTimersByTime(100);
  expect(work).toHaveBeenCalledTimes(1);
});

test("it keeps no process alive", () => {
  vi.useRealTimers();
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  const before = timers();
  const { note, cancel } = onceSettled(() => undefined);
  note();
  expect(timers()).toBe(before);
  cancel();
});
