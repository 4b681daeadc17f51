import { fixedWindow, type Plan, type PreparedPlan } from "sluice";
import { redisStore } from "sluice/redis";
import { expect, onTestFinished } from "vitest";
import { until } from "../../../../test/services/until.ts";
import type { Connection } from "./clients.ts";

/** More than one, so that a cluster has some of them on every server. */
const KEYS = Array.from({ length: 12 }, (_, i) => `key ${i}`);
const LIMIT = 1000;

/**
 * Loses a master while clients are in use: each of them decides all keys again without being made anew, nothing that was
 * decided is forgotten, and no call is charged more than once. So does a client that asks nothing until it is over: it
 * hears no server say that the cluster is down, or that a key has moved.
 */
export async function expectFailoverSurvived(
  connect: Readonly<Record<string, () => Promise<Connection>>>,
  loseMaster: () => Promise<void>,
): Promise<void> {
  const open = (which: string) =>
    Promise.all(
      Object.entries(connect).map(async ([name, connectOne]) => {
        const { client, close } = await connectOne();
        onTestFinished(close);
        return new User(`${name}, ${which}`, redisStore(client).prepare(planOf(`${name}, ${which}`)));
      }),
    );
  const busy = await open("busy");
  const quiet = await open("quiet");
  const users = [...busy, ...quiet];
  for (const user of users) expect(await user.consumeAll()).toBe(true);
  await loseMaster();
  expect(await failuresOf(busy)).toEqual([]);
  expect(await failuresOf(quiet)).toEqual([]);
  for (const user of users) {
    for (const [key, decided] of user.decided) {
      const charged = await user.charged(key);
      expect(charged).toBeGreaterThanOrEqual(decided);
      expect(charged).toBeLessThanOrEqual(user.rounds);
    }
  }
}

/** Of every user, so that one that fails does not hide the others. */
async function failuresOf(users: readonly User[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(users.map((user) => user.untilAllAreDecided()));
  return outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
}

function planOf(pool: string): Plan {
  const limits = [fixedWindow({ limit: LIMIT, window: "30d", anchor: "first-call" })];
  return { namespace: `failover ${Date.now()}`, pool, limits, block: { scope: "", duration: 0 } };
}

/** One client, and what it was told. */
class User {
  readonly #name: string;
  readonly #prepared: PreparedPlan;
  #failure: unknown;
  rounds = 0;
  readonly decided: Map<string, number> = new Map();

  constructor(name: string, prepared: PreparedPlan) {
    this.#name = name;
    this.#prepared = prepared;
  }

  /** @returns whether every key was decided */
  async consumeAll(): Promise<boolean> {
    this.rounds++;
    const consume = async (key: string) => {
      await inTime(this.#prepared.decide(key, 1, "consume"));
      this.decided.set(key, (this.decided.get(key) ?? 0) + 1);
    };
    const results = await Promise.allSettled(KEYS.map(consume));
    const failed = results.find((result) => result.status === "rejected");
    this.#failure = failed?.reason;
    return failed === undefined;
  }

  async untilAllAreDecided(): Promise<void> {
    await until(() => this.consumeAll()).catch((error: unknown) => {
      const message = `${this.#name} fails after ${this.rounds} rounds: ${String(this.#failure)}`;
      throw new Error(message, { cause: error });
    });
  }

  async charged(key: string): Promise<number> {
    const { verdicts } = await this.#prepared.decide(key, 0, "peek");
    return LIMIT - verdicts[0].remaining;
  }
}

/** A limiter would not wait longer either. */
async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in 2 s")), 2000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
