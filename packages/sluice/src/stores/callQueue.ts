import type { StoreError } from "../errors/StoreError.ts";
import type { Call } from "./mergeCalls.ts";
import type { Outcome } from "./Store.ts";

/** More would keep a server from others for too long. */
const MOST_CALLS = 256;

/** Sends calls to a server that decides them in order at one instant, and resolves to an answer for each. */
export type SendCalls = (calls: readonly Call[]) => Promise<readonly (Outcome | StoreError)[]>;

interface Waiting {
  readonly call: Call;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Gathers the calls of one turn of the event loop and sends them together. Each is decided as if it came alone; if the
 * sending fails, each of them fails.
 * @param together calls that it names alike may go together; default all
 */
export function callQueue(
  send: SendCalls,
  together: (call: Call) => string = () => "",
): (call: Call) => Promise<Outcome> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const groups = groupBy(waiting, ({ call }) => together(call));
    waiting = [];
    for (const group of groups) {
      for (let first = 0; first < group.length; first += MOST_CALLS)
        void sendSome(group.slice(first, first + MOST_CALLS), send);
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

async function sendSome(waiting: readonly Waiting[], send: SendCalls): Promise<void> {
  try {
    const answers = await send(waiting.map(({ call }) => call));
    answers.forEach((answer, i) =>
      answer instanceof Error ? waiting[i].reject(answer) : waiting[i].resolve(answer),
    );
  } catch (error) {
    for (const { reject } of waiting) reject(error);
  }
}

/** After the promises that are ready now: where there is `process.nextTick`, it runs when they have all been served. */
function atEndOfTurn(work: () => void): void {
  queueMicrotask(() => (typeof process === "object" ? process.nextTick(work) : queueMicrotask(work)));
}
