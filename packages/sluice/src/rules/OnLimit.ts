import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import { faultOfReply, type GivenReply, isGivenReply, type Reply, toReply } from "../headers/Reply.ts";
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
export type LimitAnswer = GivenReply | number | "pass";

/**
 * What is answered to a request over its limit: always the same, or by a function that is told of the refusal, whose
 * undefined sends the reply that is ready. Only a function is asked while a store fails closed. What a deny list refuses is
 * over no limit.
 */
export type OnLimit =
  | LimitAnswer
  | ((refusal: Refusal) => LimitAnswer | undefined | Promise<LimitAnswer | undefined>);

export function isLimitAnswer(value: unknown): value is LimitAnswer {
  return value === "pass" || isGivenReply(value) || isRefusalStatus(value);
}

function isRefusalStatus(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 400 && (value as number) <= 599;
}

/**
 * Checks the option, and puts the fields of a reply that is always the same into a list.
 * @param owner what has it, for messages: `rules[2]`
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function readOnLimit(owner: string, value: OnLimit | undefined): OnLimit | undefined {
  if (typeof value === "function") checkAlone(owner, value);
  if (value === undefined || typeof value === "function") return value;
  if (typeof value === "object" && value !== null) return readStaticReply(owner, value);
  if (isLimitAnswer(value)) return value;
  const expected = 'a reply { status, headers, body }, a status from 400 to 599, "pass" or a function';
  throw invalidOption(owner, "onLimit", value, expected, 429);
}

/** What takes more is a handler of some framework, which would fail with the first refusal. */
function checkAlone(owner: string, given: (...refusal: never[]) => unknown): void {
  if (given.length <= 1) return;
  const expected = "a function of the refusal alone, which returns what is answered";
  throw invalidOption(owner, "onLimit", given, expected);
}

function readStaticReply(owner: string, given: GivenReply): Reply {
  const fault = faultOfReply(given) ?? faultOfFields(toReply(given));
  if (fault === undefined) return toReply(given);
  const message = `${owner} onLimit must be a reply { status, headers, body }: ${fault}`;
  throw new ConfigurationError("INVALID_OPTION", message, {
    value: given,
    nearest: 429,
    path: optionPath(owner, "onLimit"),
  });
}

/** A field that no server sends would make an error of every refusal. */
function faultOfFields({ headers }: Reply): string | undefined {
  const fields = new Headers();
  for (const [name, value] of headers) {
    try {
      fields.append(name, value);
    } catch {
      return `no server sends the header ${show(name)} with that value`;
    }
  }
  return undefined;
}
