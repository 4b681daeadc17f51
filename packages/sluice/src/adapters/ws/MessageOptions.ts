import { type LimitsInput, readLimits } from "../../algorithms/readLimits.ts";
import { checkFunction } from "../../errors/checkFunction.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { invalidOption } from "../../errors/invalidOption.ts";
import { standingAt } from "../../errors/standingAt.ts";
import type { EventStream } from "../../events/EventStream.ts";
import type { Warn, Warning } from "../../events/Warning.ts";
import { warnOnce } from "../../events/warnOnce.ts";
import { clientIp } from "../../identity/clientIp.ts";
import type { Identify, IdentitySource } from "../../identity/Identity.ts";
import { identify } from "../../identity/identify.ts";
import type { Decision } from "../../limiter/Decision.ts";
import { FAILURE_OPTIONS, type FailureOptions } from "../../limiter/failure/FailureOptions.ts";
import type { Limiter, SyncLimiter } from "../../limiter/Limiter.ts";
import { rateLimiter } from "../../limiter/rateLimiter.ts";
import { readCost } from "../../limiter/readCost.ts";
import type { Store } from "../../stores/Store.ts";
import type { WsData, WsSocket } from "./WsShapes.ts";

/** A message over a limit. */
export interface MessageRefusal {
  readonly socket: WsSocket;
  readonly data: WsData;
  readonly isBinary: boolean;
  readonly decision: Decision;
}

/** At least one of `perConnection` and `perKey`. */
export interface MessageOptions extends FailureOptions {
  /** What one connection may send. Counted in this process, where the connection is. */
  perConnection?: LimitsInput | undefined;
  /** What all connections of one client may send together. Counted in the store; what it refuses stays charged above. */
  perKey?: LimitsInput | undefined;
  /** Who is behind a connection, asked once, of its upgrade request. Default `clientIp()`. */
  identify?: IdentitySource | readonly IdentitySource[] | undefined;
  /** What a message takes, a whole number: `(data) => data.length`. Default 1. */
  cost?: number | ((data: any, isBinary: boolean) => number) | undefined;
  /**
   * What becomes of a message over a limit, which is never handed on. `"close"` (default): the connection is closed with
   * 1008 and a reason. `"drop"`: nothing, and nobody is told. A function tells the client itself, and the connection goes on.
   */
  onLimit?: "close" | "drop" | ((refusal: MessageRefusal) => unknown) | undefined;
  /** Where `perKey` is counted. Default: a memory store of its own. */
  store?: Store | undefined;
  /** Keeps two applications in one store apart. Default `"sluice"`. */
  namespace?: string | undefined;
  /** Keeps two limits for messages in one store apart. Default `"messages"`. */
  name?: string | undefined;
  /** Told of errors in stores and in functions that were given. Default: they go to the console. */
  onError?: ((error: unknown) => unknown) | undefined;
  /** Told once for each code, as by `rateLimit`. Default: the console. */
  onWarning?: ((warning: Warning) => unknown) | undefined;
  /** Where both limits tell what happens, as limiters `connection` and `name`: `eventStream()`. Default nowhere. */
  events?: EventStream | undefined;
}

/** The options, checked and with their defaults. */
export interface MessageSettings {
  readonly connections: SyncLimiter | undefined;
  readonly keys: Limiter | undefined;
  readonly identify: Identify;
  readonly costOf: (data: WsData, isBinary: boolean) => number;
  readonly onLimit: NonNullable<MessageOptions["onLimit"]>;
  readonly onError: (error: unknown) => unknown;
  readonly warn: Warn;
}

// oxfmt-ignore
const OPTIONS = [
  "perConnection", "perKey", "identify", "cost", "onLimit", "store", "namespace", "name", "onError", "onWarning",
  "events", ...FAILURE_OPTIONS,
];

/** @throws ConfigurationError */
export function readMessageOptions(options: MessageOptions): MessageSettings {
  checkOptions("limitMessages", options, OPTIONS);
  const { perConnection, perKey, cost = 1, onLimit = "close", onError = console.error, events } = options;
  if (perConnection === undefined && perKey === undefined) throw noLimits();
  if (onLimit !== "close" && onLimit !== "drop" && typeof onLimit !== "function")
    throw invalidOption("limitMessages", "onLimit", onLimit, '"close", "drop" or a function');
  checkRates("perConnection", perConnection);
  checkRates("perKey", perKey);
  if (typeof cost !== "function") standingAt("limitMessages", "cost", () => readCost(cost, []));
  for (const name of ["onError", "onWarning"] as const) checkFunction("limitMessages", name, options[name]);
  return {
    connections:
      perConnection === undefined
        ? undefined
        : rateLimiter({ limits: perConnection, name: "connection", events }),
    keys: perKey === undefined ? undefined : keyLimiter(perKey, options),
    identify: identify(options.identify === undefined ? clientIp() : options.identify),
    costOf: typeof cost === "function" ? cost : () => cost,
    onLimit,
    onError,
    warn: warnOnce(options.onWarning, events),
  };
}

function keyLimiter(limits: LimitsInput, options: MessageOptions): Limiter {
  const { perConnection, perKey, identify, cost, onLimit, onError, ...forLimiter } = options;
  return rateLimiter({ ...forLimiter, limits, name: options.name ?? "messages" });
}

/** A message has no end that anybody would tell. */
function checkRates(path: string, limits: LimitsInput | undefined): void {
  if (limits === undefined || !readLimits("limitMessages", limits).some(({ isLease }) => isLease)) return;
  const message = `limitMessages ${path} counts messages, and not what runs at once; rateLimit of sluice/ws counts connections at once`;
  throw new ConfigurationError("INVALID_LIMIT", message, { path });
}

function noLimits(): ConfigurationError {
  const message = "limitMessages perConnection or perKey must say a limit, not undefined";
  return new ConfigurationError("INVALID_OPTION", message, { path: "perConnection" });
}
