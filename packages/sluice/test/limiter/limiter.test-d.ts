import { casStore } from "sluice/cas";
import { sqliteStore } from "sluice/sqlite";
import { expectTypeOf } from "vitest";
import {
  adaptive,
  type Decision,
  fixedWindow,
  gcra,
  type Limiter,
  memoryStore,
  rateLimiter,
  slidingWindow,
  type Store,
  type SyncLimiter,
  type SyncStore,
  tokenBucket,
} from "../../src/index.ts";

declare const remote: Store;
declare const local: SyncStore;

// The memory store, which is the default, and every store that answers at once have synchronous forms.
expectTypeOf(rateLimiter({ limits: "1/s" })).toEqualTypeOf<SyncLimiter>();
expectTypeOf(rateLimiter({ limits: "1/s", store: memoryStore() })).toEqualTypeOf<SyncLimiter>();
expectTypeOf(rateLimiter({ limits: "1/s", store: local })).toEqualTypeOf<SyncLimiter>();
expectTypeOf(rateLimiter({ limits: "1/s" }).consumeSync("a")).toEqualTypeOf<Decision>();

// Other stores have none.
expectTypeOf(rateLimiter({ limits: "1/s", store: remote })).toEqualTypeOf<Limiter>();
expectTypeOf(rateLimiter({ limits: "1/s", store: remote })).not.toHaveProperty("consumeSync");
expectTypeOf(rateLimiter({ limits: "1/s", store: remote }).consume("a")).toEqualTypeOf<Promise<Decision>>();
// @ts-expect-error: a store that may have to wait has no synchronous form
rateLimiter({ limits: "1/s", store: remote }).consumeSync("a");

// Costs are numbers, or numbers by name.
void rateLimiter({ limits: "1/s" }).consume("a", { cost: 2 });
void rateLimiter({ limits: "1/s" }).consume("a", { cost: { default: 2 } });
// @ts-expect-error: a cost is a number
void rateLimiter({ limits: "1/s" }).consume("a", { cost: "2" });
// @ts-expect-error: an option that is not there
void rateLimiter({ limits: "1/s" }).consume("a", { costs: 2 });
// @ts-expect-error: a key is a string
void rateLimiter({ limits: "1/s" }).consume(42);

// Limits are limits, or strings that look like such.
rateLimiter({ limits: ["100 per minute", "5 per 10 minutes", gcra({ rate: "5/s", burst: 5 })] });
// @ts-expect-error: no limits
rateLimiter({});
// @ts-expect-error: a number is no limit
rateLimiter({ limits: 100 });
// @ts-expect-error: neither is a string without a unit
rateLimiter({ limits: "100" });
// @ts-expect-error: options of a limit are not yet one
rateLimiter({ limits: { limit: 100, window: "1m" } });

// They may be a function of the key, which is a string unless it is said to be more.
expectTypeOf(
  rateLimiter({ limits: (key) => (key.startsWith("vip:") ? ["100/m", "1000/h"] : "10/m") }),
).toEqualTypeOf<SyncLimiter>();
expectTypeOf(
  rateLimiter({
    limits: (key: { user: string; tenant: string }) => (key.tenant === "acme" ? "100/m" : "10/m"),
  }),
).toEqualTypeOf<SyncLimiter>();
// One that answers later leaves no synchronous form.
expectTypeOf(
  rateLimiter({ limits: async (key) => (key === "vip" ? "100/m" : "10/m") }),
).toEqualTypeOf<Limiter>();
expectTypeOf(rateLimiter({ limits: async () => "10/m" as const, store: local })).toEqualTypeOf<Limiter>();
expectTypeOf(rateLimiter({ limits: () => "10/m", store: local })).toEqualTypeOf<SyncLimiter>();
expectTypeOf(rateLimiter({ limits: () => "10/m", store: remote })).toEqualTypeOf<Limiter>();
// @ts-expect-error: no limits
rateLimiter({ limits: () => 100 });
rateLimiter({ limits: "1/s" }).update({ limits: (key) => (key === "vip" ? "100/m" : "10/m") });
rateLimiter({ limits: "1/s", store: remote }).update({ limits: async () => "10/m" as const });
rateLimiter({ limits: "1/s" }).update({ limits: "10/m", carry: "reset", version: "2" });
// @ts-expect-error: the limiter has synchronous forms, and could not wait
rateLimiter({ limits: "1/s" }).update({ limits: async () => "10/m" as const });
// @ts-expect-error: fresh counters are named
rateLimiter({ limits: "1/s" }).update({ limits: "10/m", carry: "reset" });
// @ts-expect-error: what is kept has no new version
rateLimiter({ limits: "1/s" }).update({ limits: "10/m", version: "2" });

// Options are told by name, and units are known.
fixedWindow({ limit: 1, window: { minutes: 1, seconds: 30 }, anchor: "first-call" });
tokenBucket({ capacity: 1, refill: ["1/s", { amount: 30, per: "1h" }] });
// @ts-expect-error: a month is 31d
fixedWindow({ limit: 1, window: "1month" });
// @ts-expect-error: no such anchor
fixedWindow({ limit: 1, window: "1m", anchor: "call" });
// @ts-expect-error: misspelt
slidingWindow({ limt: 1, window: "1m" });
// @ts-expect-error: a bucket has a capacity
tokenBucket({ limit: 1, refill: "1/s" });
// @ts-expect-error: neither key nor shared
adaptive({ limit: 1, window: "1m", load: "all" });
// @ts-expect-error: a unit that is not there
slidingWindow({ limit: 1, window: { weeks: 1 } });

// Undefined stands for the default, also where exactOptionalPropertyTypes is on.
sqliteStore("limits.db", { busyTimeoutMs: undefined, clock: undefined });
casStore({ read: async () => undefined, swap: async () => true, clock: undefined });

// Decisions are for reading.
declare const decision: Decision;
// @ts-expect-error: read only
decision.allowed = true;
expectTypeOf(decision.degraded).toEqualTypeOf<false | "local" | "open" | "closed" | "overflow">();
expectTypeOf(decision.reason).toEqualTypeOf<
  "ok" | "limited" | "blocked" | "never" | "denied" | "store-error"
>();
