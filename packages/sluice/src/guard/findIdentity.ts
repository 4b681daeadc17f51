import { IdentityError } from "../errors/IdentityError.ts";
import { custom } from "../identity/custom.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { targetPath } from "../rules/targetPath.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import { isReply, type Reply } from "../headers/Reply.ts";

/** Who all requests without an identity are, where they are to count as one. */
const SHARED: Identity = { key: "anonymous", group: "default" };

/** Who is asking, a reply in place of an answer, or undefined to let the request pass uncounted. */
export async function findIdentity(
  settings: GuardSettings,
  request: RequestInfo,
): Promise<Identity | Reply | undefined> {
  const { identify, onIdentityError, onMissingIdentity, warn } = settings;
  let found: Identity | undefined;
  try {
    found = await identify(request, warn);
  } catch (error) {
    const instead = await answerOf(onIdentityError?.(error, request), request);
    if (instead === undefined) throw error;
    return instead;
  }
  if (found !== undefined) return found;
  if (onMissingIdentity === "skip") return undefined;
  if (onMissingIdentity === "shared") return SHARED;
  if (typeof onMissingIdentity === "function") {
    const instead = await answerOf(onMissingIdentity(request), request);
    if (instead !== undefined) return instead;
  }
  throw nobody(request);
}

/** What a function of the application answers; nothing is no permission to pass. */
async function answerOf(answer: unknown, request: RequestInfo): Promise<Identity | Reply | undefined> {
  const value = await answer;
  return isReply(value) ? value : custom(() => value as Identity)(request, ignore);
}

function ignore(): void {}

/** The query is left out: it may hold secrets. */
function nobody({ method, target }: RequestInfo): IdentityError {
  const path = targetPath(target).slice(0, 80);
  const message = `nobody was found behind ${method} ${path}; see the option onMissingIdentity`;
  return new IdentityError("MISSING_IDENTITY", message);
}
