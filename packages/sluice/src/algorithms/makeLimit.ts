import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import type { Params } from "./Machine.ts";
import type { Limit, LimitOptions } from "./Limit.ts";

type Own<P extends Params> = Omit<
  Limit<P>,
  "name" | "by" | "countDenied" | "dryRun" | "isLease" | "sharedWidth"
> & {
  isLease?: boolean;
  sharedWidth?: number;
};

/** Completes a limit with what every algorithm has: its name and its switches. */
export function makeLimit<P extends Params>(options: LimitOptions, own: Own<P>): Limit<P> {
  const { name, by, countDenied = false, dryRun = false } = options;
  if (name !== undefined) checkName(own.algorithm, "name", name);
  if (by !== undefined) checkName(own.algorithm, "by", by);
  checkSwitch(own.algorithm, "countDenied", countDenied);
  checkSwitch(own.algorithm, "dryRun", dryRun);
  const {
    algorithm,
    text,
    limit,
    windowMs,
    periodMs,
    isLease = false,
    machine,
    params,
    sharedWidth = 0,
    details,
    share,
  } = own;
  // Named one by one, so that all limits have one shape.
  return Object.freeze({
    algorithm,
    name,
    by,
    text,
    limit,
    windowMs,
    periodMs,
    countDenied,
    dryRun,
    isLease,
    machine,
    params: Object.freeze(params),
    sharedWidth,
    details,
    share,
  });
}

/** Refuses options that the algorithm does not know. */
export function checkLimitOptions(owner: string, options: unknown, own: readonly string[]): void {
  checkOptions(owner, options, [...own, "name", "by", "countDenied", "dryRun"]);
}

function checkName(owner: string, option: "name" | "by", value: unknown): void {
  if (typeof value === "string" && /^[\x20-\x7e]{1,64}$/.test(value)) return;
  throw invalidOption(owner, option, value, "1 to 64 printable ASCII characters");
}
