import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { inOrder } from "../../src/stores/onServer/inOrder.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Work {
  resolve(answer: string): void;
  reject(error: Error): void;
}

/** What began, in order, and how each piece of work is ended. */
function works() {
  const order = inOrder();
  const begun: string[] = [];
  const ends = new Map<string, Work>();
  const ask = (name: string, ...records: string[]): Promise<string> =>
    order(records, () => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => ends.set(name, { resolve, reject }));
    });
  return { begun, ends, ask };
}

const turn = () => vi.advanceTimersByTimeAsync(0);

test("what names a record begins when all that named it before has ended", async () => {
  const { begun, ends, ask } = works();
  const answers = [ask("one", "a"), ask("two", "b"), ask("both", "a", "b"), ask("last", "b")];
  expect(begun).toEqual(["one", "two"]);
  ends.get("two")!.resolve("2");
  await turn();
  expect(begun).toEqual(["one", "two"]);
  ends.get("one")!.resolve("1");
  await turn();
  expect(begun).toEqual(["one", "two", "both"]);
  ends.get("both")!.resolve("3");
  await turn();
  ends.get("last")!.resolve("4");
  expect(await Promise.all(answers)).toEqual(["1", "2", "3", "4"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("what fails fails alone", async () => {
  const { begun, ends, ask } = works();
  const [first, second] = [ask("first", "a"), ask("second", "a")];
  ends.get("first")!.reject(new Error("lost"));
  await expect(first).rejects.toThrow("lost");
  await turn();
  expect(begun).toEqual(["first", "second"]);
  ends.get("second")!.resolve("done");
  expect(await second).toBe("done");
});

test("what never ends keeps the next for a second, and nobody after that", async () => {
  const { begun, ends, ask } = works();
  void ask("hung", "a");
  const next = ask("next", "a");
  await vi.advanceTimersByTimeAsync(999);
  expect(begun).toEqual(["hung"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(begun).toEqual(["hung", "next"]);
  ends.get("next")!.resolve("done");
  await next;
  await turn();
  void ask("later", "a");
  expect(begun).toEqual(["hung", "next", "later"]);
});

test("a long line keeps its order, however long it takes as a whole", async () => {
  const { begun, ends, ask } = works();
  const names = Array.from({ length: 5 }, (_, i) => `${i}`);
  for (const name of names) void ask(name, "a");
  for (const name of names) {
    await vi.advanceTimersByTimeAsync(900);
    expect(begun.at(-1)).toBe(name);
    ends.get(name)!.resolve("done");
    await turn();
  }
  expect(begun).toEqual(names);
});
