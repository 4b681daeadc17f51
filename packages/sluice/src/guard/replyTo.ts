import type { HeaderList } from "../headers/HeaderList.ts";
import type { Identity } from "../identity/Identity.ts";
import { noReply, type Reply, toReply } from "../headers/Reply.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";
import { isLimitAnswer } from "../rules/OnLimit.ts";
import type { Decided } from "./Passage.ts";
import { refusalReply } from "./refusalReply.ts";

/** All that a refusal knows but the reply. */
export interface Refused {
  readonly request: RequestInfo;
  readonly identity: Identity;
  readonly decisions: readonly Decision[];
}

/** What is sent where a rule refuses; undefined if the request is let through all the same. */
export async function replyTo(
  { rule: { onLimit }, decision }: Decided,
  refused: Refused,
  headers: HeaderList,
): Promise<Reply | undefined> {
  const ready = refusalReply(decision, headers);
  if (decision.reason === "denied") return ready;
  if (typeof onLimit !== "function") return decision.reason === "store-error" ? ready : sent(onLimit, ready);
  return sent(await onLimit({ ...refused, reply: ready }), ready);
}

function sent(answer: unknown, ready: Reply): Reply | undefined {
  if (answer === undefined) return ready;
  if (!isLimitAnswer(answer))
    throw noReply("onLimit", `a reply { status, headers, body }, a status, "pass" or undefined`, answer);
  if (answer === "pass") return undefined;
  return typeof answer === "number" ? withStatus(ready, answer) : toReply(answer);
}

/** The body repeats the status (RFC 9457, section 3.1.2). */
function withStatus(reply: Reply, status: number): Reply {
  return { ...reply, status, body: JSON.stringify({ ...(JSON.parse(reply.body) as object), status }) };
}
