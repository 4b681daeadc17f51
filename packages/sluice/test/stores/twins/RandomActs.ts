import type { Call } from "../../../src/stores/onServer/mergeCalls.ts";
import type { Act, ActOutcome, Costs, Keys, Outcome, Plan } from "../../../src/stores/Store.ts";
import type { Random } from "./Random.ts";
import { randomCosts } from "./randomCosts.ts";

/** What is asked of one key. */
export interface AskedAct {
  readonly code: Call["code"];
  readonly keys: Keys;
  readonly act: Act;
}

const YEAR = 366 * 86_400_000_000;

/** Acts at random, many of them on what was reserved or booked before. */
export class RandomActs {
  readonly #random: Random;
  /** The latest, since what one gives back changes what another does. */
  #reserved: (AskedAct & { act: { does: "reserve" } })[] = [];
  #booked: (AskedAct & { act: { does: "book" } }) | undefined;
  #told: Outcome | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  next(target: Pick<AskedAct, "code" | "keys">): AskedAct {
    const random = this.#random;
    if (this.#reserved.length > 0 && random.chance(0.4)) return this.#onReserved(random.pick(this.#reserved));
    if (this.#booked !== undefined && random.chance(0.3)) return this.#unbook(this.#booked);
    return { ...target, act: this.#act(target.code.plan) };
  }

  saw({ act, ...target }: AskedAct, outcome: ActOutcome): void {
    this.#told = outcome;
    if (act.does === "reserve" && outcome.allowed)
      this.#reserved = [...this.#reserved.slice(-2), { ...target, act }];
    if (act.does === "book") this.#booked = outcome.allowed ? { ...target, act } : undefined;
  }

  #onReserved({ act: { id, costs }, ...target }: AskedAct & { act: { does: "reserve" } }): AskedAct {
    const random = this.#random;
    const { plan } = target.code;
    const does = random.pick(["reserve", "settle", "settle", "renew"] as const);
    const paid = random.chance(0.3) ? costs : random.chance(0.3) ? 0 : randomCosts(random, plan);
    if (does === "settle") return { ...target, act: { does, id, costs: paid, forget: random.chance(0.3) } };
    return { ...target, act: { ...this.#reserve(plan), id, costs: paid, does } };
  }

  /** Often the last slot, and of the same costs. */
  #unbook({ act: { costs }, ...target }: AskedAct & { act: { does: "book" } }): AskedAct {
    const random = this.#random;
    const { limits } = target.code.plan;
    const wrong = random.chance(0.2) ? random.below(limits.length) : -1;
    const until = limits.map((_, i) => {
      const full = (this.#told?.now ?? 0) + (this.#told?.verdicts[i]?.reset ?? 0);
      return full + (i === wrong ? random.pick([-1, 1]) : 0);
    });
    return { ...target, act: { does: "unbook", costs: random.chance(0.7) ? costs : 1, until } };
  }

  #act(plan: Plan): Act {
    const random = this.#random;
    const does = random.pick(["refund", "book", "book", "reserve", "reserve", "settle", "block"] as const);
    const costs = this.#smallCosts(plan);
    if (does === "refund") return { does, costs };
    if (does === "book") return { does, costs: this.#bookable(plan), most: this.#time(plan) };
    if (does === "block") return { does, duration: random.chance(0.7) ? 0 : random.magnitude(3_600_000_000) };
    return { ...this.#reserve(plan), does, costs };
  }

  #reserve(plan: Plan): Act & { does: "reserve" } {
    const random = this.#random;
    return {
      does: "reserve",
      costs: 1,
      id: `id ${random.below(3)}`,
      ttl: Math.max(1, this.#time(plan)),
      nonce: 1 + random.below(2 ** 48),
    };
  }

  #smallCosts(plan: Plan): Costs {
    const random = this.#random;
    if (random.chance(0.5)) return randomCosts(random, plan);
    return plan.limits.map(({ limit }) => random.below(Math.min(limit, 5) + 1));
  }

  /** The limits that cannot be booked, all of them or none, would refuse most of it. */
  #bookable({ limits }: Plan): Costs {
    const random = this.#random;
    return limits.map(({ limit, machine }) => random.below(machine.book === undefined ? 2 : limit + 1));
  }

  /** Now and then the very wait that was told. */
  #time({ limits }: Plan): number {
    const random = this.#random;
    const waits = (this.#told?.verdicts ?? []).map(({ wait }) => wait).filter((wait) => wait > 0);
    const wait = waits.length > 0 && random.chance(0.2) ? random.pick(waits) : Infinity;
    if (wait < YEAR) return wait - random.below(2);
    if (random.chance(0.5)) return Math.floor(random.pick(limits).windowMs * 2000 * random.fraction());
    return random.chance(0.5) ? YEAR : random.magnitude(YEAR);
  }
}
