import { invalidOption } from "../errors/invalidOption.ts";
import { isReply, type Reply } from "../headers/Reply.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { Decision } from "../limiter/Decision.ts";

/** What is known when a request is refused. */
export interface Refusal {
  readonly request: RequestInfo;
  readonly identity: Identity;
  /** One for each rule that decided, nearly always one. The last refuses. */
  readonly decisions: readonly Decision[];
  /** The reply that would be sent. */
  readonly reply: Reply;
}

/** A whole reply; a status from 400 to 599 for the one that is ready; or `"pass"`: the request goes on to its handler. */
export type LimitAnswer = Reply | number | "pass";

/**
 * What is answered to a request over its limit: always the same, or by a function that is told of the refusal, whose
 * undefined sends the reply that is ready. Only a function is asked while a store fails closed. What a deny list refuses is
 * over no limit.
 */
export type OnLimit =
  | LimitAnswer
  | ((refusal: Refusal) => LimitAnswer | undefined | Promise<LimitAnswer | undefined>);

export function isLimitAnswer(value: unknown): value is LimitAnswer {
  return value === "pass" || isReply(value) || isRefusalStatus(value);
}

function isRefusalStatus(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599;
}

/**
 * Checks the option.
 * @param owner what has it, for messages: `rules[2]`
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkOnLimit(owner: string, value: OnLimit | undefined): void {
  if (value === undefined || typeof value === "function") return;
  if (isLimitAnswer(value) && (typeof value !== "object" || canBeSent(value))) return;
  const expected = 'a reply { status, headers, body }, a status from 400 to 599, "pass" or a function';
  throw invalidOption(owner, "onLimit", value, expected, 429);
}

/** A field that no server sends would make an error of every refusal. */
function canBeSent({ headers }: Reply): boolean {
  const fields = new Headers();
  try {
    for (const [name, value] of headers) fields.append(name, value);
    return true;
  } catch {
    return false;
  }
}
