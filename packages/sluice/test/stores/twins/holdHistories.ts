import { memoryStore, tokenBucket } from "sluice";
import { manualClock } from "sluice/testing";
import { twins } from "../../../src/algorithms/twins.ts";
import { encodeAct } from "../../../src/stores/onServer/encodeAct.ts";
import { encodePlan } from "../../../src/stores/onServer/encodePlan.ts";
import type { Act, Outcome, Plan } from "../../../src/stores/Store.ts";
import { batchOf } from "./batchOf.ts";
import { Random } from "./Random.ts";
import type { Server } from "./Server.ts";

const HISTORIES = 300;
const MOVES = 12;
const EPOCH_MS = 1_700_000_000_000;
/** What drains with every tick, and what does not. */
const REFILLS = ["1/s", "7/s", "3/m"] as const;

/**
 * Always the same histories of one bucket, reserved, settled and spent from while it drains, on a server and in memory. What
 * a hold can still give back depends on all that was settled before, which random plans seldom come to.
 * @throws Error where they differ
 */
export async function holdHistories(server: Server, run: string): Promise<void> {
  const random = new Random(1);
  for (let n = 0; n < HISTORIES; n++) await holdHistory(server, random, `${run} holds ${n}`);
}

async function holdHistory(server: Server, random: Random, namespace: string): Promise<void> {
  const limits = [tokenBucket({ capacity: 20, refill: random.pick(REFILLS) })];
  const plan: Plan = { namespace, pool: "p", limits, block: { scope: "", duration: 0 } };
  const code = encodePlan(plan, twins);
  const clock = manualClock(EPOCH_MS);
  const memory = memoryStore({ clock }).prepare(plan);
  for (let move = 0; move < MOVES; move++) {
    if (random.chance(0.4)) clock.advanceMicroseconds(random.magnitude(20_000_000));
    const costs = random.below(21);
    let expected: Outcome;
    let actual: Outcome | Error;
    if (random.chance(0.25)) {
      expected = memory.decideSync("a", costs, "consume");
      const call = { code, keys: "a", costs, mode: "consume" } as const;
      [actual] = await server.decide(batchOf([call]), clock());
    } else {
      const act = randomAct(random, costs, move);
      expected = memory.actSync("a", act);
      const asked = encodeAct(code, "a", act, undefined, () => "");
      actual = await server.act(plan, asked, clock());
    }
    const [found, right] = [actual, expected].map(textOf);
    if (found !== right) throw new Error(`${namespace}, move ${move}: ${found} instead of ${right}`);
  }
}

function randomAct(random: Random, costs: number, nonce: number): Act {
  const id = `id ${random.below(3)}`;
  return random.chance(0.5)
    ? { does: "reserve", costs, id, ttl: 3_600_000_000, nonce: nonce + 1 }
    : { does: "settle", costs: random.chance(0.7) ? 0 : costs, id, forget: random.chance(0.3) };
}

function textOf(outcome: Outcome | Error): string {
  if (outcome instanceof Error) return outcome.message;
  const { allowed, verdicts } = outcome;
  return JSON.stringify([allowed, verdicts.map(({ remaining, reset, state }) => [remaining, reset, state])]);
}
