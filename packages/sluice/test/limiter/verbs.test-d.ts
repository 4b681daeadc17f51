import { expectTypeOf } from "vitest";
import {
  concurrency,
  type Decision,
  type Hold,
  type Inspection,
  type Limiter,
  type Permit,
  type Settlement,
  slidingWindow,
} from "../../src/index.ts";

declare const limiter: Limiter;
declare const hold: Hold;
declare const permit: Permit;

// Waits are bounded, and end with a signal.
expectTypeOf(limiter.wait("a")).toEqualTypeOf<Promise<Decision>>();
void limiter.wait("a", { cost: { day: 2 }, timeoutMs: 10, maxQueue: 5, signal: AbortSignal.timeout(5) });
// @ts-expect-error: milliseconds are a number
void limiter.wait("a", { timeoutMs: "10s" });
// @ts-expect-error: a controller is no signal
void limiter.wait("a", { signal: new AbortController() });
// @ts-expect-error: misspelt
void limiter.wait("a", { timeout: 10 });
// @ts-expect-error: a key is a string
void limiter.wait(42);

// A hold is a decision that can be settled.
expectTypeOf(limiter.reserve("a")).toEqualTypeOf<Promise<Hold>>();
expectTypeOf(hold).toExtend<Decision>();
expectTypeOf(hold.id).toEqualTypeOf<string>();
expectTypeOf(hold.settle(3)).toEqualTypeOf<Promise<Settlement>>();
expectTypeOf(hold.cancel()).toEqualTypeOf<Promise<Settlement>>();
expectTypeOf<Settlement>().toEqualTypeOf<"settled" | "expired" | "refused">();
expectTypeOf(limiter.settle("a", "id", { tokens: 3 })).toEqualTypeOf<Promise<Settlement>>();
expectTypeOf(limiter.cancel("a", "id")).toEqualTypeOf<Promise<Settlement>>();
void limiter.reserve("a", { cost: 800, ttl: "2m", id: "request 1" });
// @ts-expect-error: it is not known what it cost
void hold.settle();
// @ts-expect-error: neither is it here
void limiter.settle("a", "id");
// @ts-expect-error: what it cost is a number
void hold.settle("3");
// @ts-expect-error: an id is a string
void limiter.reserve("a", { id: 42 });
// @ts-expect-error: a duration has a unit
void limiter.reserve("a", { ttl: "2" });
// @ts-expect-error: holds are for reading
hold.id = "other";

// What answers nothing.
expectTypeOf(limiter.refund("a", 2)).toEqualTypeOf<Promise<void>>();
expectTypeOf(limiter.refund("a", { day: 2 })).toEqualTypeOf<Promise<void>>();
expectTypeOf(limiter.block("a", "10m")).toEqualTypeOf<Promise<void>>();
expectTypeOf(limiter.unblock("a")).toEqualTypeOf<Promise<void>>();
// @ts-expect-error: for how long
void limiter.block("a");
// @ts-expect-error: a refund takes its cost itself
void limiter.refund("a", { cost: 2 }, 1);

// Plain data.
expectTypeOf(limiter.inspect("a")).toEqualTypeOf<Promise<Inspection>>();
expectTypeOf<Inspection["text"]>().toEqualTypeOf<string>();

// Lists of keys.
expectTypeOf(limiter.consumeMany(["a", { user: "b" }])).toEqualTypeOf<Promise<Decision[]>>();
expectTypeOf(limiter.inspectMany(["a"] as const)).toEqualTypeOf<Promise<Inspection[]>>();
expectTypeOf(limiter.blockMany(["a"], "1s")).toEqualTypeOf<Promise<void>>();
// @ts-expect-error: one key is no list
void limiter.consumeMany("a");
// @ts-expect-error: neither is a set
void limiter.resetMany(new Set(["a"]));

// Permits are disposed of, in either way.
expectTypeOf(permit[Symbol.dispose]()).toEqualTypeOf<void>();
expectTypeOf(permit[Symbol.asyncDispose]()).toEqualTypeOf<PromiseLike<void>>();
expectTypeOf(limiter.run("a", async ({ remaining }) => remaining)).toEqualTypeOf<Promise<number>>();

concurrency({ limit: 5, ttl: "30s", name: "jobs", by: "user", dryRun: true });
// @ts-expect-error: a refused call does not run
concurrency({ limit: 5, countDenied: true });
// @ts-expect-error: it has a ttl
concurrency({ limit: 5, window: "1m" });
// @ts-expect-error: a rate has none
slidingWindow({ limit: 5, window: "1m", ttl: "1m" });
