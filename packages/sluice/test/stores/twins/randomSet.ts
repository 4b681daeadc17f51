import type { Plan } from "sluice";
import type { Call } from "../../../src/stores/onServer/mergeCalls.ts";
import type { Random } from "./Random.ts";

/** Calls of one plan on several keys, mostly each of a cost that may fit, some of them several times. */
export function randomSet(
  random: Random,
  plans: readonly Plan[],
  keys: readonly string[],
  codeOf: (plan: Plan) => Call["code"],
): Call[] {
  const plan = random.pick(plans);
  const share = random.fraction() ** 4;
  const isPlain = random.chance(0.8);
  const called = shuffle(random, keys).filter((_, i) => i === 0 || random.chance(share));
  return called.flatMap((key) => {
    const { limit } = plan.limits[0];
    const fitting = random.chance(0.5) ? 1 : Math.max(1, random.below(limit + 1));
    const costs = isPlain || random.chance(0.8) ? fitting : random.pick([0, limit + 1]);
    const mode = isPlain || random.chance(0.9) ? "consume" : "peek";
    const call: Call = { code: codeOf(plan), keys: key, costs, mode };
    return Array.from({ length: random.chance(0.9) ? 1 : random.magnitude(30) }, () => call);
  });
}

function shuffle(random: Random, keys: readonly string[]): string[] {
  return keys
    .map((key) => ({ key, place: random.fraction() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ key }) => key);
}
