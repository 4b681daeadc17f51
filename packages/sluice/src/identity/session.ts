import { checkOptions } from "../errors/checkOptions.ts";
import { IdentityError } from "../errors/IdentityError.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { show } from "../errors/show.ts";
import { isObject } from "../units/isObject.ts";
import { accountId } from "./accountId.ts";
import type { Identify } from "./Identity.ts";
import { accountIdentity } from "./principal.ts";
import { source } from "./source.ts";

/** Where something stands in a session: a path of properties (`"user.id"`), or a function. */
export type InSession<Session> = string | ((session: Session) => unknown);

/** The options of `session`. */
export interface SessionOptions<Session> {
  /** The id of the account that is logged in: a string or a whole number. Default `"user"`. */
  key?: InSession<Session> | undefined;
  /** Its plan or role. Default `"group"`; `"default"` where the session has none. */
  group?: InSession<Session> | undefined;
}

/**
 * Who is logged in, as the session says that express-session, @fastify/session or koa-session has verified and put on the
 * request: `user:42`. Mount them before. A session without an account finds nobody.
 *
 * The account is counted, not the session: who logs in anew, on a second device too, goes on where the account stands.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 * @throws IdentityError per request: `MISSING_SESSION` where there is no session, `INVALID_IDENTITY` for what is no id
 */
export function session<Session = Record<string, unknown>>(options: SessionOptions<Session> = {}): Identify {
  checkOptions("session", options, ["key", "group"]);
  const readKey = reader("key", options.key ?? "user");
  const readGroup = reader("group", options.group ?? "group");
  const duty = `session key ${show(options.key ?? "user")} must lead to the id of an account, a string or a whole number`;
  return source(({ native }) => {
    const found = sessionOf(native);
    return accountIdentity(accountId(duty, readKey(found as Session)), readGroup(found as Session));
  });
}

function sessionOf(native: unknown): object {
  const found = isObject(native) && "session" in native ? native.session : undefined;
  if (isObject(found)) return found;
  const message =
    "session() found no session on the request: mount the session middleware before rateLimit()";
  throw new IdentityError("MISSING_SESSION", message);
}

function reader<Session>(option: string, where: InSession<Session>): (session: Session) => unknown {
  if (typeof where === "function") return where;
  if (typeof where === "string" && where !== "") return (found) => follow(found, where.split("."));
  throw invalidOption("session", option, where, 'a path of properties such as "user.id", or a function');
}

/** Own properties only: `constructor.name` is nobody's id. */
function follow(from: unknown, path: readonly string[]): unknown {
  return path.reduce(
    (at, name) =>
      isObject(at) && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : undefined,
    from,
  );
}
