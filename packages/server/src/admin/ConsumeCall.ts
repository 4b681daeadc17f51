import { checkOptions, ConfigurationError, type Cost } from "sluice";

/** What a program asks of `POST /v1/consume`: a rule of the file or limits of its own, and who is to be charged. */
export interface ConsumeCall {
  /** The name of a rule, `POST /login`, or its place in the list, from 0. */
  readonly rule?: unknown;
  /** A limit string, a map of one algorithm, or a list of them. */
  readonly limits?: unknown;
  readonly key: string;
  /** Default: that of the rule, or 1. */
  readonly cost?: Cost;
  /** The path of the request, for a rule that counts each path by itself. */
  readonly path?: string;
}

/**
 * Reads the body of a call.
 * @throws ConfigurationError
 */
export function readCall(body: unknown): ConsumeCall {
  checkOptions("consume", body, ["rule", "limits", "key", "cost", "path"]);
  const call = body as ConsumeCall;
  if ((call.rule === undefined) === (call.limits === undefined))
    throw invalid("consume takes either rule or limits");
  if (typeof call.key !== "string" || call.key === "") {
    throw new ConfigurationError("INVALID_KEY", "consume needs a key: a string that is not empty");
  }
  if (call.cost === null)
    throw new ConfigurationError(
      "INVALID_COST",
      "a cost must be a whole number from 0, or an object of them by limit, not null",
    );
  if (call.path !== undefined && call.rule === undefined)
    throw invalid("consume takes a path with a rule only");
  if (call.path !== undefined && typeof call.path !== "string")
    throw invalid("consume path must be a string");
  return call;
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError("INVALID_OPTION", message);
}
