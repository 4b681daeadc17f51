import type { Plan } from "../../../src/index.ts";
import type { Random } from "../../stores/twins/Random.ts";
import type { Entry } from "./Entry.ts";

export type Ask = Pick<Entry, "does" | "plan" | "key" | "costs">;

const KEYS = ["a", "b"];

/** What starts in one turn of the event loop: a reset, one call, equal ones, or several of all kinds. */
export function randomTurn(random: Random, plans: readonly Plan[], most: number): Ask[] {
  if (random.chance(0.02)) return [{ ...randomCall(random, plans), does: "reset" }];
  const first = randomCall(random, plans);
  if (random.chance(0.4)) return [first];
  const others = Array.from({ length: random.below(most) }, () => randomCall(random, plans));
  return random.chance(0.4) ? [first, ...others.map(() => first)] : [first, ...others];
}

function randomCall(random: Random, plans: readonly Plan[]): Ask {
  const plan = random.below(plans.length);
  const cost = () => random.pick([0, 1, 1, 1, 2, 3, 5]);
  const costs = random.chance(0.5) ? cost() : plans[plan].limits.map(cost);
  return { does: random.chance(0.2) ? "peek" : "consume", plan, key: random.pick(KEYS), costs };
}
