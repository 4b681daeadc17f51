import { twins } from "../../algorithms/twins.ts";
import { StoreError } from "../../errors/StoreError.ts";
import { callQueue, type SendCalls } from "./callQueue.ts";
import { decodeAct } from "./decodeAct.ts";
import { type ActCode, encodeAct } from "./encodeAct.ts";
import { encodePlan } from "./encodePlan.ts";
import { inOrder } from "./inOrder.ts";
import { inTime } from "./inTime.ts";
import { keyAt } from "../keyAt.ts";
import type { Call } from "./mergeCalls.ts";
import { type PrefixOf, recordsOf } from "./recordsOf.ts";
import type { Outcome, Plan, PreparedPlan, Store } from "../Store.ts";
import { withDeniedCache } from "./withDeniedCache.ts";

/** What a server must be able to do, and how its store is called. */
export interface Server {
  /** For messages: `"Redis"`. */
  readonly name: string;
  /** Decides calls in order, at one instant, in one round trip. */
  readonly send: SendCalls;
  /** Does an act, in one round trip, and resolves to its reply: see `decodeAct`. */
  readonly act: (code: ActCode) => Promise<readonly (number | string)[]>;
  /** Default: nothing. */
  readonly prefixOf?: PrefixOf;
  /** Removes records by their names. */
  remove(records: readonly string[]): Promise<unknown>;
  ping(): Promise<void>;
  /** Calls that it names alike may travel together; default all. */
  readonly together?: ((call: Call) => string) | undefined;
  /** It is asked over several connections, so that one call may overtake another. */
  readonly isPool: boolean;
  /** Repeats refusals that are sure without asking. */
  readonly deniedCache: boolean;
  /** Refuses a plan that the server cannot decide in one atomic step. */
  readonly check?: ((plan: Plan) => void) | undefined;
}

/** A store that runs the twins on a server: the calls of one turn of the event loop go to it together. */
export function serverStore(server: Server): Store {
  const { name, prefixOf = nothing, deniedCache } = server;
  const enqueue = callQueue({ ...server, prefixOf });
  const act = server.isPool ? actInOrder(server.act) : server.act;
  let isClosed = false;
  const open = () => {
    if (isClosed) throw new StoreError("STORE_CLOSED", `this ${name} store was closed`);
  };
  const store: Store = {
    isShared: true,
    prepare(plan) {
      server.check?.(plan);
      return prepareOnServer(plan, { ...server, act, prefixOf }, enqueue, open);
    },
    async ping() {
      open();
      await inTime(name, server.ping());
    },
    async close() {
      isClosed = true;
    },
  };
  return deniedCache ? withDeniedCache(store) : store;
}

/** Acts on one key are done in the order in which they are asked for: who waits first comes first. */
function actInOrder(act: Server["act"]): Server["act"] {
  const order = inOrder();
  return (code) => order(code.names, () => act(code));
}

function nothing(): string {
  return "";
}

/** @param open throws once the store was closed */
function prepareOnServer(
  plan: Plan,
  { act, remove, prefixOf }: Server & { readonly prefixOf: PrefixOf },
  enqueue: (call: Call) => Promise<Outcome>,
  open: () => void,
): PreparedPlan {
  const code = encodePlan(plan, twins);
  return {
    async decide(keys, costs, mode, blockKey) {
      open();
      return enqueue({ code, keys, costs, mode, blockKey });
    },
    async act(keys, asked, blockKey) {
      open();
      return decodeAct(plan, await act(encodeAct(code, keys, asked, blockKey, prefixOf)));
    },
    async reset(keys, blockKey = keyAt(keys, 0)) {
      open();
      await remove(recordsOf(code, keys, blockKey, prefixOf));
    },
  };
}
