import { IdentityError } from "../errors/IdentityError.ts";
import { custom } from "../identity/custom.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { isPromise } from "../units/isPromise.ts";
import { targetPath } from "../rules/paths/targetPath.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import { faultOfReply, isGivenReply, type Reply, toReply } from "../headers/Reply.ts";

/** Who all requests without an identity are, where they are to count as one. */
const SHARED: Identity = { key: "anonymous", group: "default" };

/** Undefined lets the request pass. */
export type IdentityOrReply = Identity | Reply | undefined;

/** Who is asking, a reply in place of an answer, or undefined to let the request pass uncounted. */
export function findIdentity(
  settings: GuardSettings,
  request: RequestInfo,
): IdentityOrReply | Promise<IdentityOrReply> {
  let found: ReturnType<GuardSettings["identify"]>;
  try {
    found = settings.identify(request, settings.warn);
  } catch (error) {
    return afterError(settings, request, error);
  }
  if (found === undefined) return instead(settings, request);
  if (!("then" in found) || !isPromise(found)) return found;
  return found.then(
    (identity) => identity ?? instead(settings, request),
    (error: unknown) => afterError(settings, request, error),
  );
}

async function afterError(
  { onIdentityError }: GuardSettings,
  request: RequestInfo,
  error: unknown,
): Promise<IdentityOrReply> {
  const answer = await answerOf("onIdentityError", onIdentityError?.(error, request), request);
  if (answer === undefined) throw error;
  return answer;
}

function instead(
  { onMissingIdentity }: GuardSettings,
  request: RequestInfo,
): IdentityOrReply | Promise<IdentityOrReply> {
  if (onMissingIdentity === "skip") return undefined;
  if (onMissingIdentity === "shared") return SHARED;
  if (typeof onMissingIdentity !== "function") throw nobody(request);
  return askInstead(onMissingIdentity, request);
}

async function askInstead(
  onMissingIdentity: (request: RequestInfo) => unknown,
  request: RequestInfo,
): Promise<IdentityOrReply> {
  const answer = await answerOf("onMissingIdentity", onMissingIdentity(request), request);
  if (answer === undefined) throw nobody(request);
  return answer;
}

/** What a function of the application answers; nothing is no permission to pass. */
async function answerOf(
  option: string,
  answer: unknown,
  request: RequestInfo,
): Promise<Identity | Reply | undefined> {
  const value = await answer;
  if (isGivenReply(value)) return toReply(value);
  if (typeof value === "object" && value !== null && "status" in value && !("key" in value))
    throw neither(option, value);
  return custom(() => value as Identity)(request, ignore);
}

function neither(option: string, value: object): IdentityError {
  const message = `rateLimit ${option} must return an identity or a reply { status, headers, body }: ${faultOfReply(value)}`;
  return new IdentityError("INVALID_IDENTITY", message);
}

function ignore(): void {}

/** The query is left out: it may hold secrets. */
function nobody({ method, target }: RequestInfo): IdentityError {
  const path = targetPath(target).slice(0, 80);
  const message = `nobody was found behind ${method} ${path}; see the option onMissingIdentity`;
  return new IdentityError("MISSING_IDENTITY", message);
}
