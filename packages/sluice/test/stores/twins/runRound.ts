import type { Keys, Mode, Outcome, Plan } from "sluice";
import { subjectsOf } from "../../../src/algorithms/subjectsOf.ts";
import { twins } from "../../../src/algorithms/twins.ts";
import { keyAt } from "../../../src/stores/keyAt.ts";
import { encodeAct } from "../../../src/stores/onServer/encodeAct.ts";
import { encodeCalls } from "../../../src/stores/onServer/encodeCalls.ts";
import type { Batch, Call } from "../../../src/stores/onServer/mergeCalls.ts";
import { encodePlan } from "../../../src/stores/onServer/encodePlan.ts";
import { recordsOf } from "../../../src/stores/onServer/recordsOf.ts";
import type { Act, ActOutcome } from "../../../src/stores/Store.ts";
import { batchOf } from "./batchOf.ts";
import { isSame, isSameInWords, tell, tellAct, tellActInWords, tellInWords, tellRecord } from "./compare.ts";
import type { Random } from "./Random.ts";
import { type AskedAct, RandomActs } from "./RandomActs.ts";
import { randomCosts } from "./randomCosts.ts";
import { randomPlans } from "./randomPlans.ts";
import { randomSet } from "./randomSet.ts";
import type { Server } from "./Server.ts";
import { World } from "./World.ts";

/** How often what happened: a run that never refuses proves nothing. */
export type Tally = Record<string, number>;

/** What a round is about: batches of calls, calls that come alone, sets of calls on many keys, or acts with a call now and then. */
export type Focus = "batches" | "alone" | "sets" | "acts";

/** Acts after each batch, on average. */
const ACTS: Readonly<Record<Focus, number>> = { batches: 1, alone: 0.5, sets: 0.5, acts: 10 };

/** Of a set. */
const MORE_KEYS = Array.from({ length: 30 }, (_, n) => `key ${n}`);

const EPOCH = 1_700_000_000_000_000;

/** Random operations on plans of one namespace, on a server and in TypeScript; throws where they differ. */
export async function runRound(
  random: Random,
  namespace: string,
  batches: number,
  server: Server,
  tally: Tally,
  focus: Focus = randomFocus(random),
): Promise<void> {
  const areAlone = focus === "alone";
  const areSimple = areAlone || focus === "sets" || (focus === "acts" && random.chance(0.5));
  const isSteady = random.chance(0.4);
  const pools = ["p", "q"].map((pool) => randomPlans(random, namespace, pool, isSteady ? 0 : 3, areSimple));
  const plans = pools.flat();
  const codes = new Map(plans.map((plan) => [plan, encodePlan(plan, twins)]));
  const codeOf = (plan: Plan) => codes.get(plan)!;
  const keys = [
    "a",
    "b",
    "kéy ☃ \"'\\",
    ...(focus === "sets" ? MORE_KEYS.slice(random.below(MORE_KEYS.length)) : []),
  ];
  const world = new World();
  let last: { call: Call; outcome: Outcome } | undefined;
  const acts = new RandomActs(random);
  world.moveTo(EPOCH + random.below(1e15));
  for (let batch = 0; batch < (areAlone ? 5 * batches : batches); batch++) {
    const calls = callsOf(focus, random, plans, keys, codeOf);
    const retryAt = last !== undefined && random.chance(0.2) ? retryInstant(random, last.outcome) : undefined;
    if (retryAt !== undefined) calls.splice(0, areAlone ? 1 : 0, last!.call);
    world.moveTo(retryAt ?? nextInstant(random, world.now, random.pick(plans), last?.outcome));
    const expected = calls.map((call) => expect(world, call, tally));
    last = { call: calls.at(-1)!, outcome: expected.at(-1)! };
    await check(server, calls, expected, world, tally);
    add(tally, calls.length > 1 ? "in batches" : "alone", calls.length);
    for (let left = 2 * ACTS[focus] * random.fraction(); left > random.fraction(); left--) {
      const again = random.chance(0.7);
      const { code } = again ? last.call : { code: codeOf(random.pick(plans)) };
      const target = again ? last.call : { code, keys: randomKeys(random, code.plan, keys) };
      if (random.chance(0.4)) world.moveTo(nextInstant(random, world.now, code.plan, last.outcome));
      const asked = acts.next({ code, keys: target.keys });
      acts.saw(asked, await checkAct(server, asked, world, tally));
      if (random.chance(0.03)) await reset(server, last.call, world, tally);
    }
  }
}

function randomFocus(random: Random): Focus {
  if (random.chance(0.2)) return "alone";
  if (random.chance(0.15)) return "sets";
  return random.chance(0.15) ? "acts" : "batches";
}

function callsOf(
  focus: Focus,
  random: Random,
  plans: readonly Plan[],
  keys: readonly string[],
  codeOf: (plan: Plan) => Call["code"],
): Call[] {
  if (focus !== "sets") {
    const length = focus !== "batches" || random.chance(0.3) ? 1 : random.magnitude(200);
    return randomCalls(random, length, plans, keys, codeOf);
  }
  const calls = randomSet(random, plans, keys, codeOf);
  const others = random.chance(0.7) ? [] : randomCalls(random, random.magnitude(5), plans, keys, codeOf);
  calls.splice(random.below(calls.length), 0, ...others);
  return calls;
}

async function checkAct(
  server: Server,
  { code, keys, act }: AskedAct,
  world: World,
  tally: Tally,
): Promise<ActOutcome> {
  const { plan } = code;
  const outcome = world.act(plan, keys, act);
  countAct(tally, plan, act, outcome);
  const context = { act, keys, now: world.now, plan };
  const inMemory = world.actInMemory(plan, keys, act);
  if (inMemory !== undefined) {
    add(tally, "acts in memory");
    differ("memory", tellActInWords(plan, outcome), tellActInWords(plan, inMemory), context);
  }
  const asked = encodeAct(code, keys, act, undefined, () => "");
  differ(
    server.name,
    tellAct(plan, outcome),
    tellAct(plan, await server.act(plan, asked, world.now)),
    context,
  );
  await checkRecords(server, asked.names, world, context);
  return outcome;
}

async function reset(server: Server, { code, keys }: Call, world: World, tally: Tally): Promise<void> {
  add(tally, "resets");
  world.reset(code.plan, keys);
  await server.remove(recordsOf(code, keys, keyAt(keys, 0), () => ""));
}

function expect(world: World, { code, keys, costs, mode }: Call, tally: Tally): Outcome {
  const outcome = world.decide(code.plan, keys, costs, mode);
  count(tally, outcome, mode);
  for (const algorithm of new Set(code.plan.limits.map(({ algorithm }) => algorithm))) add(tally, algorithm);
  if (typeof keys !== "string") add(tally, "several subjects");
  if (world.wasRepaired) add(tally, "repaired");
  if (!outcome.allowed && world.wasWritten && !world.wasRepaired) add(tally, "denied but charged");
  const inMemory = world.decideInMemory(code.plan, keys, costs, mode);
  if (inMemory !== undefined) {
    add(tally, "memory");
    if (!isSameInWords(code.plan, outcome, inMemory))
      differ("memory", tellInWords(code.plan, outcome), tellInWords(code.plan, inMemory), {
        plan: code.plan,
        keys,
        costs,
        mode,
      });
  }
  return outcome;
}

async function check(
  server: Server,
  calls: readonly Call[],
  expected: readonly Outcome[],
  world: World,
  tally: Tally,
): Promise<void> {
  const batch = batchOf(calls);
  for (const { places } of batch.entries)
    if (places.length > 1)
      countEqual(
        tally,
        places.map((place) => expected[place]),
      );
  if (isSet(batch)) add(tally, "in sets", calls.length);
  const outcomes = await server.decide(batch, world.now);
  outcomes.forEach((outcome, i) => {
    const { code, keys, costs, mode } = calls[i];
    if (isSame(code.plan, expected[i], outcome)) return;
    differ(server.name, tell(code.plan, expected[i]), tell(code.plan, outcome), {
      place: `${i} of ${calls.length}`,
      keys,
      costs,
      mode,
      plan: code.plan,
    });
  });
  await checkRecords(server, batch.names, world, { program: encodeCalls(batch).program });
}

/** Calls of different keys under one plan of one limit, which starts no block. */
function isSet({ entries, names }: Batch): boolean {
  const { code } = entries[0].call;
  const { limits, block } = code.plan;
  if (entries.length === 1 || limits.length > 1 || block.duration > 0) return false;
  if (names.length !== 2 * entries.length) return false;
  return entries.every(({ call }) => call.code === code && call.mode === "consume");
}

async function checkRecords(
  server: Server,
  names: readonly string[],
  world: World,
  context: object,
): Promise<void> {
  const records = await server.read(names);
  records.forEach((record, i) => {
    const name = names[i];
    differ(server.name, tellRecord(world.records.get(name)), tellRecord(record), {
      name,
      now: world.now,
      ...context,
    });
  });
}

function differ(where: string, expected: string, actual: string, context: object): void {
  if (expected === actual) return;
  throw new Error(
    `${where} differs\n  TypeScript ${expected}\n  ${where} ${actual}\n  ${JSON.stringify(context)}`,
  );
}

function randomCalls(
  random: Random,
  length: number,
  plans: readonly Plan[],
  keys: readonly string[],
  codeOf: (plan: Plan) => Call["code"],
): Call[] {
  const isPeek = random.chance(0.1);
  const again = random.chance(0.5) ? 0.9 : 0;
  const calls: Call[] = [];
  while (calls.length < length) {
    const plan = random.pick(plans);
    const mode: Mode = isPeek || random.chance(0.1) ? "peek" : "consume";
    const call = {
      code: codeOf(plan),
      keys: randomKeys(random, plan, keys),
      costs: randomCosts(random, plan),
      mode,
    };
    calls.push(calls.length > 0 && random.chance(again) ? random.pick(calls.slice(-3)) : call);
  }
  return calls;
}

/** One key, or one for each subject, which is not another's. */
function randomKeys(random: Random, { limits }: Plan, keys: readonly string[]): Keys {
  const { names } = subjectsOf("twins", limits);
  const named = names.map((name) => `${name} ${random.pick(keys)}`);
  return named.length > 1 ? named : (named[0] ?? random.pick(keys));
}

/** The instant at which a refused call is told to come again, or one microsecond before. */
function retryInstant(random: Random, { now, verdicts }: Outcome): number | undefined {
  const waits = verdicts.map(({ wait }) => wait).filter((wait) => wait > 0 && wait < Infinity);
  return waits.length === 0 ? undefined : now + random.pick(waits) - random.below(2);
}

/** The next instant: often the same, often the very one at which something changes, and now and then an earlier one. */
function nextInstant(
  random: Random,
  now: number,
  { limits, block }: Plan,
  last: Outcome | undefined,
): number {
  const { windowMs, periodMs } = random.pick(limits);
  const verdict = last === undefined ? undefined : random.pick(last.verdicts);
  const edges = [
    verdict?.wait,
    verdict?.reset,
    verdict?.life,
    last?.blockedFor,
    block.duration,
    periodMs * 1000,
  ];
  const steps = [
    () => 0,
    () => random.magnitude(2000),
    () => Math.floor(windowMs * 1000 * random.fraction() * random.fraction()),
    () => finite(random.pick(edges)) - random.below(2),
    () => periodMs * 1000 - (now % (periodMs * 1000)) - random.below(2),
    () => random.magnitude(2 * 366 * 86_400_000_000),
    () => -random.magnitude(periodMs * 2000),
    () => (random.chance(0.1) ? -random.magnitude(2 * 366 * 86_400_000_000) : 0),
  ];
  const next = now + random.pick(steps)();
  return next < EPOCH || next > 3 * EPOCH ? EPOCH + random.below(1e15) : next;
}

function finite(edge: number | undefined): number {
  return edge === undefined || edge === Infinity ? 1000 : edge;
}

function count(tally: Tally, { allowed, blocked, blockedFor, verdicts }: Outcome, mode: Mode): void {
  add(tally, "operations");
  add(tally, mode);
  add(tally, allowed ? "allowed" : blocked ? "blocked" : "refused");
  if (!blocked && blockedFor > 0) add(tally, "blocks started");
  if (verdicts.some(({ wait }) => wait === Infinity)) add(tally, "never");
}

function countAct(tally: Tally, { limits }: Plan, act: Act, outcome: ActOutcome): void {
  add(tally, "acts");
  add(tally, act.does);
  for (const algorithm of new Set(limits.map(({ algorithm }) => algorithm)))
    add(tally, `acts on ${algorithm}`);
  if (act.does === "book" && outcome.verdicts.some(({ fits, wait }) => fits && wait > 0))
    add(tally, outcome.allowed ? "booked" : "not booked");
  if ("id" in act && outcome.hold === "open") add(tally, `${act.does} of what is open`);
}

function countEqual(tally: Tally, outcomes: readonly Outcome[]): void {
  const admitted = outcomes.filter(({ allowed }) => allowed).length;
  add(tally, "decided as one", outcomes.length);
  if (admitted > 0 && admitted < outcomes.length) add(tally, "partly admitted as one");
}

function add(tally: Tally, what: string, times: number = 1): void {
  tally[what] = (tally[what] ?? 0) + times;
}
