import { setImmediate, setTimeout } from "node:timers/promises";
import type { Plan, PreparedPlan } from "../../../src/index.ts";
import { textOfOutcome } from "../../../src/testing/stores/textOfOutcome.ts";
import { Random } from "../../stores/twins/Random.ts";
import { answerJobs } from "../answerJobs.ts";
import type { Entry } from "./Entry.ts";
import { plansOf, slowPlanOf } from "./plans.ts";
import { randomTurn, type Ask } from "./randomTurn.ts";
import { sequencedStore } from "./sequencedStore.ts";

export interface RecordJob {
  readonly store: string;
  readonly namespace: string;
  readonly plans: "quick" | "slow";
  readonly calls: number;
  /** Clients that are under way at once, and the most calls that start in one turn of the event loop. */
  readonly lanes: number;
  readonly callsInTurn: number;
  readonly process: number;
  readonly seed: number;
}

/** A process of its own, `record.ts SKEW`: makes random calls, and answers their history. */
const skewMs = Number(process.argv[2]);
const rightNow = Date.now.bind(Date);
Date.now = () => rightNow() + skewMs;

answerJobs(async (job: RecordJob): Promise<Entry[]> => {
  const { namespace, calls, lanes, seed } = job;
  const plans = job.plans === "quick" ? plansOf(namespace) : [slowPlanOf(namespace)];
  const histories = Array.from({ length: lanes }, (_, lane) =>
    runLane(job, plans, new Random(seed * lanes + lane), calls / lanes),
  );
  return (await Promise.all(histories)).flat();
});

/**
 * One turn after the other, over a client of its own, so that each step is known by its turn. Pauses let others come
 * between, also where whoever waits for a file looks but now and then.
 */
async function runLane(
  job: RecordJob,
  plans: readonly Plan[],
  random: Random,
  calls: number,
): Promise<Entry[]> {
  const { store, steps } = sequencedStore(job.store, job.namespace);
  const prepared = plans.map((plan) => store.prepare(plan));
  const entries: Entry[] = [];
  while (entries.length < calls) {
    const turn = randomTurn(random, plans, job.callsInTurn);
    const answers = await Promise.all(turn.map((ask) => call(prepared[ask.plan], plans[ask.plan], ask)));
    const taken = steps.splice(0);
    if (taken.length !== 1 && taken.length !== turn.length)
      throw new Error(`${taken.length} steps for ${turn.length} calls`);
    answers.forEach((answered, place) => {
      const { at, after } = taken.length === 1 ? taken[0] : taken[place];
      const isMovable = answered.does === "peek";
      entries.push({ ...answered, at, place, after: isMovable ? after : at, process: job.process });
    });
    await (random.chance(0.2) ? setTimeout(1) : setImmediate());
  }
  return entries;
}

type Answered = Omit<Entry, "at" | "place" | "after" | "process">;

async function call(prepared: PreparedPlan, plan: Plan, ask: Ask): Promise<Answered> {
  const { does, key, costs } = ask;
  const invoked = nanoseconds();
  const outcome = does === "reset" ? await prepared.reset(key) : await prepared.decide(key, costs, does);
  const times = { invoked, responded: nanoseconds(), clock: Date.now() };
  if (outcome === undefined) return { ...ask, ...times, now: 0, answer: "" };
  return { ...ask, ...times, now: outcome.now, answer: textOfOutcome(plan, outcome) };
}

/** On the clock that the processes of a machine have in common. */
function nanoseconds(): number {
  return Number(process.hrtime.bigint());
}
