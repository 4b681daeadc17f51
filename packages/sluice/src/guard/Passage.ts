import type { HeaderList } from "../headers/HeaderList.ts";
import type { Reply } from "../headers/Reply.ts";
import type { Identity } from "../identity/Identity.ts";
import type { Decision } from "../limiter/Decision.ts";
import type { CompiledRule } from "../rules/compileRule.ts";

/** A rule that decided, and how. */
export interface Decided {
  readonly rule: CompiledRule;
  readonly decision: Decision;
}

/** What became of a request. */
export interface Passage {
  /** What to send in place of the guarded route's answer; undefined lets the request pass. */
  readonly reply: Reply | undefined;
  /** Fields to add to the answer of a request that passes. */
  readonly headers: HeaderList;
  /** Who was counted; undefined if nobody was asked for. */
  readonly identity: Identity | undefined;
  /** Each rule that decided, with its decision. Empty if none is limited, or the client is on an allow list. */
  readonly decided: readonly Decided[];
  /**
   * To be called when a request that passed has been answered, whatever became of it: rules with `countOnly` are charged
   * only then. Undefined if there are none; then nobody needs to watch for the answer. Calls after the first do nothing.
   * Never rejects; wait for it where the process may end with the answer.
   * @param status undefined if the handler failed, or the client went away before it had the whole answer
   */
  readonly answered?: ((status: number | undefined) => Promise<void>) | undefined;
  /**
   * To be called when the answer to a request that passed has ended: its last byte is out, or the client has gone, or
   * there will be none. Then comes back what limits on concurrency count; until then it is renewed. Undefined if there is
   * nothing. Calls after the first do nothing. Never rejects.
   */
  readonly ended?: (() => Promise<void>) | undefined;
}

/** A request that nobody looked at. */
export const UNSEEN: Passage = {
  reply: undefined,
  headers: [],
  identity: undefined,
  decided: [],
};
