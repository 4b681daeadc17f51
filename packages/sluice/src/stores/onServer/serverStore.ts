import { twins } from "../../algorithms/twins.ts";
import { StoreError } from "../../errors/StoreError.ts";
import { callQueue, type SendCalls } from "../callQueue.ts";
import { encodePlan, type PlanCode } from "../encodePlan.ts";
import type { Call, PrefixOf } from "../mergeCalls.ts";
import type { Plan, Store } from "../Store.ts";
import { withDeniedCache } from "./withDeniedCache.ts";

/** What a server must be able to do, and how its store is called. */
export interface Server {
  /** For messages: `"Redis"`. */
  readonly name: string;
  /** Decides calls in order, at one instant, in one round trip. */
  readonly send: SendCalls;
  /** Default: nothing. */
  readonly prefixOf?: PrefixOf;
  /** Removes the state of a key in the pool of a plan, and its block. */
  reset(code: PlanCode, key: string, blockKey: string): Promise<void>;
  ping(): Promise<void>;
  /** Calls that it names alike may travel together; default all. */
  readonly together?: ((call: Call) => string) | undefined;
  /** Repeats refusals that are sure without asking. */
  readonly deniedCache: boolean;
  /** Refuses a plan that the server cannot decide in one atomic step. */
  readonly check?: ((plan: Plan) => void) | undefined;
}

/** A store that runs the twins on a server: the calls of one turn of the event loop go to it together. */
export function serverStore({
  name,
  send,
  prefixOf = () => "",
  reset,
  ping,
  together,
  deniedCache,
  check,
}: Server): Store {
  const enqueue = callQueue(send, prefixOf, together);
  let isClosed = false;
  const open = () => {
    if (isClosed) throw new StoreError("STORE_CLOSED", `this ${name} store was closed`);
  };
  const store: Store = {
    prepare(plan) {
      check?.(plan);
      const code = encodePlan(plan, twins);
      return {
        async decide(key, costs, mode, blockKey) {
          open();
          return enqueue({ code, key, costs, mode, blockKey });
        },
        async reset(key, blockKey = key) {
          open();
          await reset(code, key, blockKey);
        },
      };
    },
    async ping() {
      open();
      await ping();
    },
    async close() {
      isClosed = true;
    },
  };
  return deniedCache ? withDeniedCache(store) : store;
}
