import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../src/errors/ConfigurationError.ts";
import { memoryStore } from "../../src/stores/memory/memoryStore.ts";
import type {
  Act,
  Costs,
  Keys,
  Mode,
  Outcome,
  Plan,
  Store,
  SyncPreparedPlan,
  SyncStore,
} from "../../src/stores/Store.ts";
import { type ManualClock, manualClock, type StoreUnderTest, testStore } from "../../src/testing/index.ts";

const ANSWERS = "every answer is that of the reference, operation by operation";
const AT_ONCE = "calls on one key at once admit exactly the limit, and each has an answer of its own";
const APART = "odd keys, pools and namespaces are counted apart";
const ORDER = "what one turn asks of one key is done in the order in which it was asked for";
const IDLE = "idle keys and ended blocks leave by themselves";
const SETTLED =
  "what was settled is remembered; what was given back for good is forgotten at once, and not renewed";
const REFUSED =
  "a plan that the store cannot decide in one step is refused when it is prepared, and no other is";
const CLOSED = "ping answers; after close, which may come twice, every verb fails with STORE_CLOSED";

/** Runs the suite outside of any test runner, and names the promises that are broken, in order. */
async function brokenPromises(make: () => StoreUnderTest, runs = 500): Promise<string[]> {
  const promises: { name: string; hold: () => Promise<void> }[] = [];
  testStore(
    make,
    { describe: (_, body) => body(), test: (name, hold) => promises.push({ name, hold }) },
    { runs },
  );
  const found: string[] = [];
  for (const { name, hold } of promises) await hold().catch(() => found.push(name));
  return found;
}

type Held = Act & { readonly ttl: number };
type Verbs = Pick<SyncPreparedPlan, "decideSync" | "actSync" | "resetSync">;

/** A memory store with other verbs. */
function withVerbs(
  change: (verbs: SyncPreparedPlan, plan: Plan, clock: ManualClock) => Partial<Verbs>,
): () => StoreUnderTest {
  return () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    const prepare = (plan: Plan): SyncPreparedPlan => {
      const { decideSync, actSync, resetSync } = store.prepare(plan);
      const verbs = { decideSync, actSync, resetSync, ...change(store.prepare(plan), plan, clock) };
      return {
        ...verbs,
        decide: async (...call) => structuredClone(verbs.decideSync(...call)),
        act: async (...call) => verbs.actSync(...call),
        reset: async (...keys) => verbs.resetSync(...keys),
      };
    };
    return { store: { ...store, prepare }, clock };
  };
}

/** A memory store whose plans are other ones. */
function withPlans(change: (plan: Plan) => Plan): () => StoreUnderTest {
  return () => {
    const clock = manualClock();
    const store = memoryStore({ clock });
    return { store: { ...store, prepare: (plan) => store.prepare(change(plan)) }, clock };
  };
}

/** Reads, waits, and writes. */
function racing(): StoreUnderTest {
  const store = memoryStore();
  const prepare = (plan: Plan) => {
    const { decide, act, reset } = store.prepare(plan);
    return {
      act,
      reset,
      async decide(key: string, costs: Costs, mode: Mode): Promise<Outcome> {
        const seen = await decide(key, costs, "peek");
        await Promise.resolve();
        if (seen.allowed && mode === "consume") await decide(key, costs, mode);
        return seen;
      },
    };
  };
  return { store: { ...store, prepare } satisfies Store };
}

/** Does every other thing later than what comes after it. */
function overtaking(verb: "decide" | "act"): StoreUnderTest {
  const store = memoryStore();
  const prepare = (plan: Plan): SyncPreparedPlan => {
    const prepared = store.prepare(plan);
    let isLate = false;
    const later = async (...call: never[]): Promise<never> => {
      isLate = !isLate;
      for (let turns = isLate ? 100 : 0; turns > 0; turns--) await Promise.resolve();
      return (prepared[verb] as (...call: never[]) => Promise<never>)(...call);
    };
    return { ...prepared, [verb]: later };
  };
  return { store: { ...store, prepare } };
}

/** Promises the same object again and again. */
function shared(): StoreUnderTest {
  const store = memoryStore();
  const prepare = (plan: Plan): SyncPreparedPlan => {
    const prepared = store.prepare(plan);
    return { ...prepared, decide: async (...call) => prepared.decideSync(...call) };
  };
  return { store: { ...store, prepare } satisfies SyncStore };
}

/** Says that it refuses plans with a block. */
function boasting(refuses: boolean): StoreUnderTest {
  const store = memoryStore();
  const prepare = (plan: Plan): SyncPreparedPlan => {
    if (refuses && plan.block.duration > 0) throw new ConfigurationError("INVALID_OPTION", "no blocks here");
    return store.prepare(plan);
  };
  return { store: { ...store, prepare }, refuses: ({ block }) => block.duration > 0 };
}

/** Its clock has no microseconds. */
function coarse(): StoreUnderTest {
  const clock = manualClock();
  return { store: memoryStore({ clock: () => Math.floor(clock.now) * 1000 }), clock };
}

/** Waits until a clock that stepped back has caught up. */
function waiting(): StoreUnderTest {
  const clock = manualClock();
  let latest = 0;
  const store = memoryStore({ clock: () => (latest = Math.max(latest, clock())) });
  return { store, clock };
}

/** Keeps idle keys, and goes on after it was closed. */
function hoarding(): StoreUnderTest {
  const clock = manualClock();
  const store = memoryStore({ clock });
  const keys = new Set<Keys>();
  const prepare = (plan: Plan): SyncPreparedPlan => {
    const prepared = store.prepare(plan);
    const decide: SyncPreparedPlan["decide"] = (key, ...call) => {
      keys.add(key);
      return prepared.decide(key, ...call);
    };
    return { ...prepared, decide };
  };
  return { store: { ...store, prepare, close: async () => {} }, clock, size: () => keys.size };
}

/** One of its verbs is not told that it was closed. */
function deafTo(verb: keyof SyncPreparedPlan): StoreUnderTest {
  const [store, open] = [memoryStore(), memoryStore()];
  const prepare = (plan: Plan) => ({ ...store.prepare(plan), [verb]: open.prepare(plan)[verb] });
  return { store: { ...store, prepare } satisfies SyncStore };
}

describe("the store suite finds", { timeout: 60_000 }, () => {
  test("nothing in a store that is right", async () => {
    await expect(brokenPromises(withVerbs(() => ({})))).resolves.toEqual([]);
    await expect(brokenPromises(() => ({ store: memoryStore() }))).resolves.toEqual([]);
  });

  test("a reset that forgets nothing, and a peek that charges", async () => {
    await expect(brokenPromises(withVerbs(() => ({ resetSync: () => {} })))).resolves.toContain(ANSWERS);
    const charging = withVerbs(({ decideSync }) => ({
      decideSync: (key, costs, _, blockKey) => decideSync(key, costs, "consume", blockKey),
    }));
    await expect(brokenPromises(charging)).resolves.toContain(ANSWERS);
  });

  test("keys, pools or namespaces that are mixed up", async () => {
    const lower = withVerbs(({ decideSync }) => ({
      decideSync: (keys, ...call) =>
        decideSync(typeof keys === "string" ? keys.toLowerCase() : keys, ...call),
    }));
    await expect(brokenPromises(lower)).resolves.toContain(APART);
    const onePool = withPlans((plan) => ({ ...plan, pool: "a" }));
    await expect(brokenPromises(onePool)).resolves.toEqual([ANSWERS, APART]);
    const joined = withPlans((plan) => ({ ...plan, namespace: "", pool: `${plan.namespace}:${plan.pool}` }));
    await expect(brokenPromises(joined)).resolves.toContain(APART);
  });

  test("subjects that are mixed up", async () => {
    const first = withVerbs(({ decideSync }) => ({
      decideSync: (keys, ...call) =>
        decideSync(typeof keys === "string" ? keys : [keys[0], keys[0]], ...call),
    }));
    await expect(brokenPromises(first)).resolves.toEqual([ANSWERS]);
  });

  test("a block that is found under another key than it should be", async () => {
    const own = withVerbs(({ decideSync }) => ({
      decideSync: (key, costs, mode) => decideSync(key, costs, mode),
    }));
    await expect(brokenPromises(own)).resolves.toEqual([ANSWERS]);
  });

  test("a block that does not begin, and one that is everywhere", async () => {
    const none = withPlans((plan) => ({ ...plan, block: { scope: "", duration: 0 } }));
    await expect(brokenPromises(none)).resolves.toEqual([ANSWERS]);
    const everywhere = withPlans((plan) => ({ ...plan, block: { ...plan.block, scope: "" } }));
    await expect(brokenPromises(everywhere)).resolves.toEqual([ANSWERS]);
  });

  test("limits that are not decided together", async () => {
    const oneByOne = withVerbs((verbs, plan) => {
      const each = plan.limits.map((limit) => ({ ...plan, limits: [limit] }));
      const store = memoryStore({ clock: () => verbs.decideSync("now", 0, "peek").now });
      const prepared = each.map((one) => store.prepare(one));
      return {
        decideSync(key: string, costs: Costs, mode: Mode): Outcome {
          const outcomes = prepared.map(({ decideSync }, i) =>
            structuredClone(decideSync(key, typeof costs === "number" ? costs : costs[i], mode)),
          );
          const allowed = outcomes.every((outcome) => outcome.allowed);
          return { ...outcomes[0], allowed, verdicts: outcomes.flatMap(({ verdicts }) => verdicts) };
        },
      };
    });
    await expect(brokenPromises(oneByOne)).resolves.toEqual(expect.arrayContaining([ANSWERS, AT_ONCE]));
  });

  test("a decision that reads, waits and writes", async () => {
    await expect(brokenPromises(racing)).resolves.toContain(AT_ONCE);
  });

  test.each(["decide", "act"] as const)("a %s that overtakes another", async (verb) => {
    await expect(brokenPromises(() => overtaking(verb))).resolves.toEqual([ORDER]);
  });

  test.each([true, false])("settled holds of which each is forgotten, or none: %s", async (forget) => {
    const other = withVerbs(({ actSync }) => ({
      actSync: (keys, act, blockKey) =>
        actSync(keys, act.does === "settle" ? { ...act, forget } : act, blockKey),
    }));
    // Random operations seldom come back to what was settled, so ANSWERS may not find it.
    await expect(brokenPromises(other)).resolves.toContain(SETTLED);
  });

  // With one random run they are found, too: it is not left to chance.
  test.each<[string, (act: Held) => Act]>([
    ["in whole seconds", (act) => ({ ...act, ttl: Math.floor(act.ttl / 1e6) * 1e6 })],
    ["for a microsecond too long", (act) => ({ ...act, ttl: act.ttl + 1 })],
    ["as if it were not renewed", (act) => (act.does === "renew" ? { ...act, ttl: 1 } : act)],
    ["beyond a reset", (act) => (act.does === "reserve" ? { ...act, nonce: 1 } : act)],
  ])("what is reserved kept %s", async (_, change) => {
    const other = withVerbs(({ actSync }) => ({
      actSync: (keys, act, blockKey) => actSync(keys, "ttl" in act ? change(act) : act, blockKey),
    }));
    await expect(brokenPromises(other, 1)).resolves.toContain(ANSWERS);
  });

  test.each([0, 1])("a reset that forgets but one of several subjects: %s", async (kept) => {
    const other = withVerbs(({ resetSync }) => ({
      resetSync: (keys, blockKey) =>
        resetSync(typeof keys === "string" ? keys : keys.with(kept, "nobody"), blockKey),
    }));
    await expect(brokenPromises(other, 1)).resolves.toContain(ANSWERS);
  });

  test("promised outcomes that are one and the same object", async () => {
    await expect(brokenPromises(shared)).resolves.toEqual([AT_ONCE, ORDER]);
  });

  test("a plan that should be refused and is not, and one that is without notice", async () => {
    await expect(brokenPromises(() => boasting(true))).resolves.toEqual([]);
    await expect(brokenPromises(() => boasting(false))).resolves.toEqual([REFUSED]);
    await expect(brokenPromises(() => ({ ...boasting(true), refuses: () => false }))).resolves.toEqual(
      expect.arrayContaining([ANSWERS, REFUSED]),
    );
  });

  test("a clock in milliseconds", async () => {
    await expect(brokenPromises(coarse)).resolves.toContain(ANSWERS);
  });

  test("a clock that steps back and is not repaired", async () => {
    await expect(brokenPromises(waiting)).resolves.toContain(ANSWERS);
  });

  test("idle keys that stay, and a store that goes on after it was closed", async () => {
    await expect(brokenPromises(hoarding)).resolves.toEqual([IDLE, CLOSED]);
  });

  test.each(["decide", "act", "reset", "decideSync", "actSync", "resetSync"] as const)(
    "a %s that goes on after the store was closed",
    async (verb) => {
      await expect(brokenPromises(() => deafTo(verb))).resolves.toContain(CLOSED);
    },
  );
});
