import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import type { Act, Costs, Keys, Outcome, Plan, PreparedPlan, SyncPreparedPlan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import { ODD_KEYS } from "./oddKeys.ts";
import { type Operation, randomOperations } from "./Operation.ts";
import { plansOf, type RandomWorld, randomWorld } from "./randomWorld.ts";
import { Reference } from "./Reference.ts";
import { SCENES } from "./scenes.ts";
import type { StoreCheck } from "./StoreCheck.ts";
import type { StoreUnderTest } from "./StoreUnderTest.ts";
import { textOfOutcome } from "./textOfOutcome.ts";

type ActName = Act["does"] | "unblock" | "give back";

/** In microseconds: the longest of a block, a hold or a booking. A clock has only so many. */
const DAY = 86_400_000_000;

export const answersAsTheReference: StoreCheck = {
  promise: "every answer is that of the reference, operation by operation",
  async hold({ made, fc, runs }) {
    const keys = fc.uniqueArray(fc.constantFrom(...ODD_KEYS), { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(
      randomWorld(fc).filter((world) => takenOf(made, plansOf(world, "")).length > 0),
      keys,
      randomOperations(fc),
      async (world, names, operations) => {
        const pair = new Pair(made, world, names);
        for (const operation of operations) await pair.perform(operation);
      },
    );
    const examples = SCENES.filter(([world]) => takenOf(made, plansOf(world, "")).length > 0);
    await fc.assert(property, { numRuns: runs + examples.length, examples });
  },
};

/** The plans that the store can decide in one step. */
function takenOf({ refuses }: StoreUnderTest, plans: readonly Plan[]): readonly Plan[] {
  return plans.filter((plan) => refuses?.(plan) !== true);
}

/** A store and the reference, to which the same is done. */
class Pair {
  readonly #made: StoreUnderTest;
  readonly #plans: readonly Plan[];
  readonly #keys: readonly string[];
  readonly #blockKeys: RandomWorld["blockKeys"];
  readonly #prepared: readonly (PreparedPlan | SyncPreparedPlan)[];
  readonly #reference = new Reference();
  #last: Outcome | undefined;
  /** When each limit is full again after the last booking. */
  #booked: readonly number[] = [];
  #nonce = 0;

  constructor(made: StoreUnderTest, world: RandomWorld, keys: readonly string[]) {
    this.#made = made;
    this.#plans = takenOf(made, plansOf(world, freshNamespace()));
    this.#keys = keys;
    this.#blockKeys = world.blockKeys;
    this.#prepared = this.#plans.map((plan) => made.store.prepare(plan));
  }

  async perform(operation: Operation): Promise<void> {
    if (operation.does === "pass") await this.#pass(operation);
    else if (operation.does === "step back") this.#stepBack(operation);
    else if (operation.does === "reset") await this.#reset(operation);
    else if (operation.does === "consume" || operation.does === "peek")
      await this.#decide(operation, operation.does);
    else await this.#act(operation, operation.does);
  }

  async #decide(operation: Operation, mode: "consume" | "peek"): Promise<void> {
    const { prepared, plan, keys, blockKey } = this.#aim(operation);
    const costs = this.#costsOf(operation, plan);
    if (this.#reference.isUncertain(plan, keys, this.#soon())) await this.#reset(operation);
    const isSync = operation.sync && "decideSync" in prepared;
    const outcome = isSync
      ? prepared.decideSync(keys, costs, mode, blockKey)
      : await prepared.decide(keys, costs, mode, blockKey);
    const expected = this.#reference.decide(plan, keys, costs, mode, outcome.now, blockKey);
    this.#compare(mode, plan, outcome, expected);
  }

  async #act(operation: Operation, does: ActName): Promise<void> {
    const { prepared, plan, keys, blockKey } = this.#aim(operation);
    if (this.#reference.isUncertain(plan, keys, this.#soon())) await this.#reset(operation);
    const act = this.#actOf(operation, does, plan);
    const isSync = operation.sync && "actSync" in prepared;
    const outcome = isSync ? prepared.actSync(keys, act, blockKey) : await prepared.act(keys, act, blockKey);
    const expected = this.#reference.act(plan, keys, act, outcome.now, blockKey);
    this.#compare(JSON.stringify(act), plan, outcome, expected);
    if (does === "book" && outcome.allowed)
      this.#booked = expected.verdicts.map(({ reset }) => expected.now + reset);
  }

  #actOf(operation: Operation, does: ActName, plan: Plan): Act {
    const costs = this.#costsOf(operation, plan);
    const id = `id ${operation.id}`;
    const time = Math.min(this.#timeOf(operation), DAY);
    if (does === "refund") return { does, costs };
    if (does === "settle" || does === "give back")
      return { does: "settle", costs, id, forget: does === "give back" };
    if (does === "book") return { does, costs, most: time };
    if (does === "unbook") return { does, costs, until: plan.limits.map((_, i) => this.#booked[i] ?? 0) };
    if (does === "reserve") return { does, costs, id, ttl: Math.max(1, time), nonce: ++this.#nonce };
    if (does === "renew") return { does, id, ttl: Math.max(1, time) };
    return { does: "block", duration: does === "block" ? Math.max(1, time) : 0 };
  }

  #costsOf({ costs }: Operation, { limits }: Plan): Costs {
    return typeof costs === "number" ? costs : costs.slice(0, limits.length);
  }

  #compare(what: string, plan: Plan, outcome: Outcome, expected: Outcome): void {
    const { clock } = this.#made;
    if (clock !== undefined)
      mustHold(outcome.now === clock(), () => `it is ${clock()}, and was decided at ${outcome.now}`);
    this.#last = expected;
    const [actual, right] = [textOfOutcome(plan, outcome), textOfOutcome(plan, expected)];
    mustHold(
      actual === right,
      () => `${what} at ${outcome.now} answered\n  ${actual}\ninstead of\n  ${right}`,
    );
  }

  async #reset(operation: Operation): Promise<void> {
    const { prepared, plan, keys, blockKey } = this.#aim(operation);
    if (operation.sync && "resetSync" in prepared) prepared.resetSync(keys, blockKey);
    else await prepared.reset(keys, blockKey);
    this.#reference.reset(plan, keys, blockKey);
  }

  /** What an operation is done to. The block key is left out where it is the same, as the limiter does. */
  #aim({ key, plan: number, sync }: Operation): {
    prepared: PreparedPlan | SyncPreparedPlan;
    plan: Plan;
    keys: Keys;
    blockKey: string | undefined;
  } {
    const at = number % this.#plans.length;
    const plan = this.#plans[at];
    const target = { prepared: this.#prepared[at], plan };
    if (subjectsOf("suite", plan.limits).names.length > 1) {
      // Each goes with each of the others, now and then.
      const other = (key + (sync ? 1 : 2)) % this.#keys.length;
      return { ...target, keys: [this.#keys[key], this.#keys[other]], blockKey: undefined };
    }
    const blockKey = this.#blockKeys[plan.pool === "a" ? 0 : 1][key];
    return {
      ...target,
      keys: this.#keys[key],
      blockKey: blockKey === key ? undefined : this.#keys[blockKey],
    };
  }

  async #pass(operation: Operation): Promise<void> {
    const { clock, advance } = this.#made;
    const microseconds = this.#timeOf(operation);
    clock?.advanceMicroseconds(microseconds);
    await advance?.(microseconds);
  }

  /** Not beyond where something came to equal nothing: the store may have forgotten it, and then nobody knows it. */
  #stepBack(operation: Operation): void {
    const { clock } = this.#made;
    if (clock === undefined) return;
    const now = clock();
    const earliest = this.#reference.lastEnd(now);
    clock.advanceMicroseconds(-Math.min(this.#timeOf(operation), now - earliest));
  }

  /** An instant that the next decision is not after. */
  #soon(): number {
    return this.#made.clock?.() ?? (this.#last?.now ?? 0) + 60_000_000;
  }

  #timeOf({ time, late }: Operation): number {
    return Math.max(0, (typeof time === "number" ? time : this.#told(time)) + late);
  }

  #told(time: "the wait" | "the reset"): number {
    if (this.#last === undefined) return 0;
    const { verdicts, blockedFor } = this.#last;
    if (time === "the reset") return Math.max(...verdicts.map(({ reset }) => reset));
    return Math.max(blockedFor, ...verdicts.map(({ wait }) => (wait === Infinity ? 0 : wait)));
  }
}
