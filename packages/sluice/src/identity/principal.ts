import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { IdentityError } from "../errors/IdentityError.ts";
import { show } from "../errors/show.ts";
import { accountId, type AccountId } from "./accountId.ts";
import type { Identify, Identity } from "./Identity.ts";
import type { RequestInfo } from "./RequestInfo.ts";
import { source } from "./source.ts";
import { whenReady } from "../units/whenReady.ts";

/** Whom the application's own authentication has verified: an id, an id and a group, or nobody. */
export type Principal =
  | AccountId
  | { readonly key: AccountId; readonly group?: string | null | undefined }
  | null
  | undefined;

const DUTY = "principal() needs the id of an account as a string or a whole number";

/**
 * Whom your own authentication has verified: `principal((request: Request) => request.user?.id)` is counted as `user:42`.
 * It must stand behind that authentication, and before nothing that a client may write itself. What the function throws
 * reaches the caller as it is.
 * @param find is given the framework's own request, which you say the type of: `request` of Express and Fastify, the
 * context of Koa and Hono
 * @throws ConfigurationError `INVALID_OPTION` for what is no function
 * @throws IdentityError `INVALID_IDENTITY` per request, for any other answer
 */
export function principal(
  find: (native: never, request: RequestInfo) => Principal | Promise<Principal>,
): Identify {
  if (typeof find !== "function") {
    const message = `principal takes a function of the framework's request, not ${show(find)}`;
    throw new ConfigurationError("INVALID_OPTION", message, { value: find });
  }
  return source((request) => whenReady(find(request.native as never, request), readPrincipal));
}

function readPrincipal(found: Principal): Identity | undefined {
  if (typeof found !== "object" || found === null) return accountIdentity(accountId(DUTY, found), undefined);
  const id = accountId(DUTY, found.key);
  if (id === undefined) throw new IdentityError("INVALID_IDENTITY", `${DUTY}, not ${show(found)}`);
  return accountIdentity(id, found.group);
}

/** An account of the application, the same whichever source has found it. */
export function accountIdentity(id: string | undefined, group: unknown): Identity | undefined {
  if (id === undefined) return undefined;
  const named = group ?? "default";
  if (typeof named === "string" && named.trim() !== "") return { key: `user:${id}`, group: named };
  const kind = typeof named === "string" ? "blank" : show(named);
  throw new IdentityError("INVALID_IDENTITY", `a group must be a non-blank string, not ${kind}`);
}
