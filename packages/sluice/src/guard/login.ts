import type { LimitsInput } from "../algorithms/readLimits.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Warn } from "../events/Warning.ts";
import { warnOnce } from "../events/warnOnce.ts";
import { clientIp } from "../identity/clientIp.ts";
import type { IdentitySource } from "../identity/Identity.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { source } from "../identity/source.ts";
import type { Limiter } from "../limiter/Limiter.ts";
import { rateLimiter } from "../limiter/rateLimiter.ts";
import type { Rule } from "../rules/Rule.ts";
import { memoryStore } from "../stores/memory/memoryStore.ts";
import { accountKey } from "./accountKey.ts";
import type { Refusal } from "../rules/OnLimit.ts";
import type { GuardOptions } from "./GuardOptions.ts";
import { isWeakKey } from "./isWeakKey.ts";
import type { Reply } from "../headers/Reply.ts";

/** The options of `login`. */
export interface LoginOptions extends Pick<
  GuardOptions,
  "store" | "namespace" | "timeoutMs" | "onEvent" | "onWarning" | "events"
> {
  /**
   * The account that a request tries to log in to, as the client spells it: its e-mail address, its name. The body must
   * have been read before. What is no text is answered by an `INVALID_IDENTITY` error with status 400.
   */
  account: (request: RequestInfo) => string | undefined | Promise<string | undefined>;
  /** Where credentials are sent. Default: every path, for a guard that is mounted on one route. */
  path?: Rule["path"];
  /** By which method. Default `"POST"`. */
  method?: Rule["method"];
  /** What one address may try. Success does not reset it. Default `["10/m", "100/h"]`. */
  perAddress?: LimitsInput | undefined;
  /** What may be tried on one account, from all addresses, until somebody succeeds. Default `"5 per 15 minutes"`. */
  perAccount?: LimitsInput | undefined;
  /** Who counts as one address. Default `clientIp()`, which believes no forwarded header. */
  address?: IdentitySource | readonly IdentitySource[] | undefined;
  /** Keeps two kinds of credentials apart on one store; of the same name share their counters. Default `"login"`. */
  name?: string | undefined;
}

/** A guard for an endpoint where people log in, and how it is told of success. */
export interface Login {
  /** For `rateLimit` of any adapter, after the middleware that reads the body. */
  readonly options: GuardOptions;
  /**
   * Says that the right credentials came with a request that this guard has let through: what was tried on its account is
   * forgotten. A store that fails is warned of (`LOGIN_NOT_RESET`), and the login is good all the same.
   * @param native the framework's own request: `request` of Express and Fastify, the context of Koa and Hono
   * @throws ConfigurationError `INVALID_OPTION` for a request that the guard has not seen
   */
  succeeded(native: object): Promise<void>;
}

// oxfmt-ignore
const OPTIONS = [
  "account", "path", "method", "perAddress", "perAccount", "address", "name", "store", "namespace", "timeoutMs",
  "onEvent", "onWarning", "events",
];

/**
 * A ready rule for credential endpoints: few attempts for an address and few for an account, each charged before the
 * password is looked at, so that guesses at once do not slip through. While the store fails all are refused.
 *
 * Refusals tell nothing about accounts: they look the same whichever limit refuses, whether or not there is such an
 * account, and no field tells how many attempts are left.
 * @throws ConfigurationError
 */
export function login(options: LoginOptions): Login {
  checkOptions("login", options, OPTIONS);
  const { account, path, method = "POST", address = clientIp(), name = "login", ...given } = options;
  const { perAddress = ["10/m", "100/h"], perAccount = "5 per 15 minutes", ...more } = given;
  if (typeof account !== "function") throw noFunction(account);
  const limiter = { ...more, store: more.store ?? memoryStore(), onStoreError: "closed" } as const;
  const shared = { ...limiter, headers: "none", onLimit: plainRefusal } as const;
  const rule = (pool: string, limits: LimitsInput): Rule => ({ path, method, pool, limits });
  const pool = `${name} account`;
  const accounts = new WeakMap<object, string>();
  const byAccount = source(async (request) => {
    const key = accountKey(await account(request));
    if (isWeakKey(request.native)) accounts.set(request.native, key);
    return { key, group: "default" };
  });
  return {
    options: {
      ...shared,
      identify: address,
      rules: [rule(`${name} address`, perAddress)],
      also: [{ ...shared, identify: byAccount, rules: [rule(pool, perAccount)] }],
    },
    succeeded: forgetter(
      accounts,
      rateLimiter({ ...limiter, name: pool, limits: perAccount }),
      warnOnce(more.onWarning, more.events),
    ),
  };
}

/** @param attempts on accounts: a limiter over the counters of the guard's rule */
function forgetter(accounts: WeakMap<object, string>, attempts: Limiter, warn: Warn): Login["succeeded"] {
  return async (native) => {
    const key = isWeakKey(native) ? accounts.get(native) : undefined;
    if (key === undefined) throw notSeen(native);
    try {
      await attempts.reset(key);
    } catch (error) {
      warn({ code: "LOGIN_NOT_RESET", message: `the attempts on an account were kept: ${String(error)}` });
    }
  };
}

/** The wait and nothing else: which limit refused tells whether others have tried this account. */
function plainRefusal({ reply }: Refusal): Reply {
  const { "violated-policies": _, ...problem } = JSON.parse(reply.body) as Record<string, unknown>;
  return { ...reply, body: JSON.stringify(problem) };
}

function noFunction(value: unknown): ConfigurationError {
  const message = `login account must be a function of the request, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, path: "account" });
}

function notSeen(value: unknown): ConfigurationError {
  const message =
    "login.succeeded needs the framework's own request, one that the guard of this login has let through";
  return new ConfigurationError("INVALID_OPTION", message, { value });
}
