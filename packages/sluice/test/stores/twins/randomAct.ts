import type { Act, ActOutcome, Outcome, Plan } from "../../../src/stores/Store.ts";
import type { Random } from "./Random.ts";
import { randomCosts } from "./randomCosts.ts";

/** What was done before, which acts are about. */
export interface Before {
  readonly last: Outcome | undefined;
  readonly booked: ActOutcome | undefined;
}

const KINDS: readonly Act["does"][] = [
  ...(["refund", "book", "book", "book", "unbook", "block"] as const),
  ...(["reserve", "reserve", "reserve", "settle", "settle", "renew"] as const),
];
const YEAR = 366 * 86_400_000_000;

export function randomAct(random: Random, plan: Plan, { last, booked }: Before): Act {
  const does = random.pick(KINDS);
  const costs = randomCosts(random, plan);
  const id = `id ${random.below(2)}`;
  const time = randomTime(random, plan, last);
  if (does === "refund") return { does, costs };
  if (does === "settle") return { does, costs, id };
  if (does === "book") return { does, costs, most: time };
  if (does === "unbook") return { does, costs, until: untilOf(random, plan, booked ?? last) };
  if (does === "reserve")
    return { does, costs, id, ttl: Math.max(1, time), nonce: 1 + random.below(2 ** 48) };
  if (does === "renew") return { does, id, ttl: Math.max(1, time) };
  return { does: "block", duration: random.chance(0.3) ? 0 : random.magnitude(3_600_000_000) };
}

/** Often the very wait that was told. */
function randomTime(random: Random, { limits }: Plan, last: Outcome | undefined): number {
  const waits = (last?.verdicts ?? []).map(({ wait }) => wait).filter((wait) => wait > 0 && wait < YEAR);
  if (waits.length > 0 && random.chance(0.3)) return random.pick(waits) - random.below(2);
  if (random.chance(0.6)) return Math.floor(random.pick(limits).windowMs * 1000 * 2 * random.fraction());
  return random.magnitude(YEAR);
}

/** When each limit is full again: as it was told, or a microsecond beside it. */
function untilOf(random: Random, { limits }: Plan, told: Outcome | undefined): number[] {
  const wrong = random.chance(0.2) ? random.below(limits.length) : -1;
  return limits.map((_, i) => {
    const { reset = 0 } = told?.verdicts[i] ?? {};
    return (told?.now ?? 0) + reset + (i === wrong ? random.pick([-1, 1]) : 0);
  });
}
