import { checkLabel } from "../errors/checkLabel.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { checkSwitch } from "../errors/checkSwitch.ts";
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
  if (name !== undefined) checkLabel(own.algorithm, "name", name, 64);
  if (by !== undefined) checkLabel(own.algorithm, "by", by, 64);
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
