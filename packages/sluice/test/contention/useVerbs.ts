import { type Limiter, rateLimiter, type Store } from "../../src/index.ts";
import { answerJobs } from "./answerJobs.ts";
import { openStore } from "./openStore.ts";
import { atOnce, bookedLimit, budget, waitedLimit } from "./verbLimits.ts";

/** Microseconds of a clock that all processes of this host share. */
const now = () => Number(process.hrtime.bigint() / 1000n);

interface Place {
  /** A URL. */
  readonly store: string;
  readonly namespace: string;
}

/** The slots of bookings that were made at once: instants of the store's clock, in microseconds. */
export interface BookJob extends Place {
  readonly does: "book";
  readonly calls: number;
}
export interface Booked {
  readonly slots: readonly number[];
  /** When the store was asked for each. */
  readonly asked: readonly number[];
}

/** When waits began and ended, one after the other is let in. */
export interface WaitJob extends Place {
  readonly does: "wait";
  readonly calls: number;
}
export interface Waited {
  readonly began: number;
  readonly ended: readonly number[];
}

/** Reservations, each of which is then settled, cancelled or left as `ends` says. */
export interface ReserveJob extends Place {
  readonly does: "reserve";
  readonly calls: number;
  readonly cost: number;
  readonly ends: readonly ("settle" | "cancel" | "leave")[];
  /** Settle with this. */
  readonly actual: number;
}
export interface Reserved {
  readonly admitted: number;
  /** What is spent in the end. */
  readonly spent: number;
  readonly ids: readonly string[];
}

/** Permits that are taken again and again; `keep` takes some and never gives them back. */
export interface EnterJob extends Place {
  readonly does: "enter" | "keep";
  readonly calls: number;
  readonly ttlMs: number;
}
/** When permits were surely held. */
export interface Entered {
  readonly held: readonly (readonly [from: number, to: number])[];
}

export type VerbJob = BookJob | WaitJob | ReserveJob | EnterJob;

const KEY = "everybody";

const stores = new Map<string, Store>();

function storeAt(url: string): Store {
  const store = stores.get(url) ?? openStore(url);
  stores.set(url, store);
  return store;
}

async function book({ store, namespace, calls }: BookJob): Promise<Booked> {
  const block = { scope: "", duration: 0 };
  const prepared = storeAt(store).prepare({ namespace, pool: "book", limits: [bookedLimit], block });
  const most = 366 * 86_400_000_000;
  const ask = () => prepared.act(KEY, { does: "book", costs: 1, most });
  const booked = await Promise.all(Array.from({ length: calls }, ask));
  return {
    slots: booked.map((told) => told.now + told.verdicts[0].wait),
    asked: booked.map((told) => told.now),
  };
}

async function wait(limiter: Limiter, calls: number): Promise<Waited> {
  const began = now();
  const waitOnce = async () => {
    const { allowed } = await limiter.wait(KEY, { timeoutMs: 60_000 });
    if (!allowed) throw new Error("a wait was refused");
    return now();
  };
  return { began, ended: await Promise.all(Array.from({ length: calls }, waitOnce)) };
}

async function reserve(limiter: Limiter, { calls, cost, ends, actual }: ReserveJob): Promise<Reserved> {
  const reserveOnce = async (_: unknown, i: number) => {
    const hold = await limiter.reserve(KEY, { cost: { tokens: cost }, ttl: "1h" });
    if (!hold.allowed) return undefined;
    const end = ends[i % ends.length];
    // Repeated, as after a lost answer: it is paid once.
    const pay = () => (end === "settle" ? hold.settle({ tokens: actual }) : hold.cancel());
    if (end !== "leave") await Promise.all([pay(), pay()]);
    return { id: hold.id, spent: end === "settle" ? actual : end === "cancel" ? 0 : cost };
  };
  const made = await Promise.all(Array.from({ length: calls }, reserveOnce));
  const admitted = made.filter((each) => each !== undefined);
  return {
    admitted: admitted.length,
    spent: admitted.reduce((sum, { spent }) => sum + spent, 0),
    ids: admitted.map(({ id }) => id),
  };
}

async function enter(limiter: Limiter, { calls, does }: EnterJob): Promise<Entered> {
  const held: [number, number][] = [];
  const enterOnce = async () => {
    const permit = await limiter.enter(KEY).catch(() => undefined);
    if (permit === undefined) return;
    const from = now();
    await new Promise(setImmediate);
    held.push([from, now()]);
    if (does === "enter") await permit[Symbol.asyncDispose]();
  };
  for (let i = 0; i < calls; i += 5) await Promise.all(Array.from({ length: 5 }, enterOnce));
  return { held };
}

const patient = { onStoreError: "throw", timeoutMs: 30_000 } as const;

answerJobs(async (job: VerbJob): Promise<Booked | Waited | Reserved | Entered> => {
  if (job.does === "book") return book(job);
  const at = { store: storeAt(job.store), namespace: job.namespace, ...patient };
  if (job.does === "wait") return wait(rateLimiter({ limits: waitedLimit, ...at }), job.calls);
  if (job.does === "reserve") return reserve(rateLimiter({ limits: budget, ...at }), job);
  return enter(rateLimiter({ limits: atOnce(job.ttlMs), name: "jobs", ...at }), job);
});
