import type { StoreError } from "../../errors/StoreError.ts";
import { decodeOutcomes } from "./decodeOutcomes.ts";
import { type CallsCode, encodeCalls } from "./encodeCalls.ts";
import { type Batch, type Call, mergeCalls } from "./mergeCalls.ts";
import type { PrefixOf } from "./recordsOf.ts";
import type { Outcome } from "../Store.ts";

/**
 * Entries of a batch. With several batches under way a server decides one while this process reads the answers of another;
 * with too few in each, more is spent on sending.
 */
const MANY = 32;

/** Sends entries to a server that decides them in order at one instant, and resolves to its reply. */
export type SendCalls = (code: CallsCode) => Promise<readonly (number | string)[]>;

interface Waiting {
  readonly call: Call;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** How calls travel. */
export interface Transport {
  readonly send: SendCalls;
  readonly prefixOf: PrefixOf;
  /** Calls that it names alike may go together; default all. */
  readonly together?: ((call: Call) => string) | undefined;
  /** Of what is sent one after the other, the second may be decided first. */
  readonly isPool: boolean;
}

/**
 * Gathers the calls of one turn of the event loop and sends them together. Each is decided as if it came alone; if the
 * sending fails, each of them fails.
 */
export function callQueue({ send, prefixOf, together, isPool }: Transport): (call: Call) => Promise<Outcome> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (const group of together === undefined ? [all] : groupBy(all, ({ call }) => together(call))) {
      const calls = group.map(({ call }) => call);
      const batches = mergeCalls(calls, prefixOf, MANY);
      if (isPool) sendInOrder(batches, group, send);
      else for (const batch of batches) void sendBatch(batch, group, send);
    }
  }

  return (call) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) atEndOfTurn(flush);
      waiting.push({ call, resolve, reject });
    });
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): Iterable<Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups.values();
}

/** A batch goes when those that must be decided before it have been answered. */
function sendInOrder(batches: readonly Batch[], waiting: readonly Waiting[], send: SendCalls): void {
  const answered = new Map<Batch, Promise<void>>();
  for (const batch of batches) {
    const earlier = batch.after.map((other) => answered.get(other)!);
    const sending = (): Promise<void> => sendBatch(batch, waiting, send);
    answered.set(batch, earlier.length === 0 ? sending() : Promise.all(earlier).then(sending));
  }
}

async function sendBatch(batch: Batch, waiting: readonly Waiting[], send: SendCalls): Promise<void> {
  try {
    decodeOutcomes(batch.entries, await send(encodeCalls(batch)), (place, outcome) =>
      settle(waiting[place], outcome),
    );
  } catch (error) {
    for (const { places } of batch.entries) for (const place of places) waiting[place].reject(error);
  }
}

function settle({ resolve, reject }: Waiting, outcome: Outcome | StoreError): void {
  if (outcome instanceof Error) reject(outcome);
  else resolve(outcome);
}

/** After the promises that are ready now: where there is `process.nextTick`, it runs when they have all been served. */
function atEndOfTurn(work: () => void): void {
  queueMicrotask(() => (typeof process === "object" ? process.nextTick(work) : queueMicrotask(work)));
}
