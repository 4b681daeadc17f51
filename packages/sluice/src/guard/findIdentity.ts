import { IdentityError } from "../errors/IdentityError.ts";
import type { Identity } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { GuardSettings } from "./readGuardOptions.ts";
import type { Reply } from "./Reply.ts";

/** Who all requests without an identity are, where they are to count as one. */
const SHARED: Identity = { key: "anonymous", group: "default" };

/** Who is asking, a reply in place of an answer, or undefined to let the request pass uncounted. */
export async function findIdentity(settings: GuardSettings, request: RequestInfo): Promise<Identity | Reply | undefined> {
  const { identify, onIdentityError, onMissingIdentity, warn } = settings;
  let found: Identity | undefined;
  try {
    found = await identify(request, warn);
  } catch (error) {
    if (onIdentityError === undefined) throw error;
    return onIdentityError(error, request);
  }
  if (found !== undefined) return found;
  if (onMissingIdentity === "skip") return undefined;
  if (onMissingIdentity === "shared") return SHARED;
  if (typeof onMissingIdentity === "function") return onMissingIdentity(request);
  throw new IdentityError(
    "MISSING_IDENTITY",
    `nobody was found behind ${request.method} ${request.target.slice(0, 80)}; see the option onMissingIdentity`,
  );
}
