import type { Limit } from "../../algorithms/Limit.ts";
import { nameLimits } from "../../algorithms/nameLimits.ts";
import { type LimitsInput, readLimits } from "../../algorithms/readLimits.ts";
import { subjectsOf } from "../../algorithms/subjectsOf.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import type { EventStream } from "../../events/EventStream.ts";
import type { Plan, PreparedPlan } from "../../stores/Store.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { Faults, type FaultsOwner } from "../failure/Faults.ts";
import type { Key } from "../Limiter.ts";
import { noteLimits, registerLimiter } from "../registerLimiter.ts";
import { hostTimer } from "../waiting/hostTimer.ts";
import { carriedPlans, type Earlier } from "./carriedPlans.ts";
import type { LimitsProvider, LimitsUpdate } from "./LimitsUpdate.ts";
import { longestLife } from "./longestLife.ts";
import type { PlanFor } from "./PlanFor.ts";
import { providedPlans } from "./providedPlans.ts";
import { readUpdate } from "./readUpdate.ts";

/** Whose plans they are. */
export interface PlansOwner extends FaultsOwner {
  readonly namespace: string;
  /** How long what a provider answered holds, in milliseconds. */
  readonly maxAgeMs: number;
}

interface Era extends Earlier {
  /** When it is over, by the timer. */
  readonly until: number;
}

/** Under which limits the keys of one limiter stand: always the same, until they are updated, or what a provider answers. */
export class Plans {
  /** The store answers at once. */
  readonly isSync: boolean;
  readonly events: EventStream;
  /** The plan of all keys; undefined where a provider tells. A field, since it is looked up at each call. */
  fixed: NamedPlan | undefined;
  readonly #owner: PlansOwner;
  readonly #faults: Faults;
  /** Of the counters. */
  #version: string | undefined;
  /** Whom calls name: the same under all limits. Unknown until a provider has answered. */
  #subjects: readonly string[] | undefined;
  #provided: PlanFor | undefined;
  /** To which nothing is brought along. */
  #plain!: PlanFor;
  /** How long anything that was used under them is left, in milliseconds; not known where a provider tells them. */
  #lifeMs = Infinity;
  /** Under what the share was used that each key brings along. */
  #carriedFrom: Era | undefined;

  /** @throws ConfigurationError */
  constructor(owner: PlansOwner, limits: LimitsInput | LimitsProvider<any>) {
    const { store } = owner;
    this.#owner = owner;
    this.events = owner.events;
    const none = this.#planOf([], undefined);
    this.#faults = new Faults(owner, none, []);
    this.#take(limits, undefined, "rateLimiter", (read) =>
      registerLimiter(store, [{ ...none, limits: read }]),
    );
    this.isSync = isSync(this.fixed?.prepared ?? store.prepare(none));
  }

  /** @throws ConfigurationError, LimitsError; or rejects with them */
  planFor(key: Key): NamedPlan | Promise<NamedPlan> {
    return this.fixed ?? this.#provided!(key);
  }

  /**
   * Checks everything, and only then takes it over.
   * @throws ConfigurationError
   */
  update(change: LimitsUpdate<LimitsProvider<any>>): void {
    const { limits, carry, version = this.#version } = readUpdate(change);
    const { store } = this.#owner;
    const none = this.#planOf([], undefined);
    const carried = { clamp: this.#carriedFrom, reset: undefined, proportional: this.#earlier() }[carry];
    this.#take(limits, version, "update", (read) => noteLimits(store, [{ ...none, limits: read }]));
    this.#carriedFrom = carried;
    if (carried === undefined) return;
    this.#provided = carriedPlans(carried, this.#plain);
    this.fixed = undefined;
  }

  /** As they are now, whatever they are updated to; without those before them once these are over, or a chain would grow. */
  #earlier(): Era {
    const { timer = hostTimer } = this.#owner.store;
    const from = this.#carriedFrom?.isOver() === false ? this.#carriedFrom : undefined;
    const until = Math.max(timer.now + this.#lifeMs, from?.until ?? 0);
    return { planFor: from ? this.#provided! : this.#plain, until, isOver: () => timer.now >= until };
  }

  #take(
    limits: LimitsInput | LimitsProvider<any>,
    version: string | undefined,
    owner: string,
    register: (limits: readonly Limit[] | "provided") => void,
  ): void {
    if (typeof limits === "function") {
      register("provided");
      this.#plain = this.#provided = this.#providedBy(limits, version);
      this.#lifeMs = Infinity;
      this.fixed = undefined;
    } else {
      const read = readLimits(owner, limits);
      const made = this.#make(owner, read, version);
      register(read);
      this.fixed = made;
      this.#plain = () => made;
      this.#lifeMs = longestLife(read);
      this.#subjects = made.subjects;
    }
    this.#version = version;
  }

  #providedBy(provider: LimitsProvider<any>, version: string | undefined): PlanFor {
    const { failure, maxAgeMs } = this.#owner;
    const make = (limits: readonly Limit[]) => {
      const made = this.#make("limits(key)", limits, version);
      this.#subjects = made.subjects;
      return made;
    };
    return providedPlans(provider, make, { maxAgeMs, timeoutMs: failure.timeoutMs });
  }

  #make(owner: string, limits: readonly Limit[], version: string | undefined): NamedPlan {
    const names = nameLimits(owner, limits);
    const subjects = subjectsOf(owner, limits).names;
    checkSubjects(owner, subjects, this.#subjects);
    const plan = this.#planOf(limits, version);
    const faults = this.#faults.over(plan, names);
    const prepared = this.#owner.store.prepare(plan);
    return {
      name: this.#owner.name,
      events: this.events,
      dryRun: false,
      plan,
      names,
      subjects,
      prepared,
      faults,
    };
  }

  /** No name of a limiter has a line break in it, so that no other finds these counters. */
  #planOf(limits: readonly Limit[], version: string | undefined): Plan {
    const { namespace, name } = this.#owner;
    const pool = version === undefined ? name : `${name}\n${version}`;
    return { namespace, pool, limits, block: { scope: "", duration: 0 } };
  }
}

function isSync(prepared: PreparedPlan): boolean {
  return "decideSync" in prepared;
}

/** Whoever calls names the subjects, and would be wrong from one call to the next. */
function checkSubjects(
  owner: string,
  subjects: readonly string[],
  before: readonly string[] = subjects,
): void {
  if (new Set([...subjects, ...before]).size === subjects.length && subjects.length === before.length) return;
  throw new ConfigurationError(
    "INVALID_LIMIT",
    `${owner}: limits that change must count the same subjects as before: ${inWords(before)}, not ${inWords(subjects)}`,
    { value: subjects, nearest: before, path: "limits" },
  );
}

function inWords(subjects: readonly string[]): string {
  return subjects.length === 0 ? "one key" : subjects.map(show).join(", ");
}
