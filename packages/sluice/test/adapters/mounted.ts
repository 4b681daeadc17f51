import type { GuardOptions } from "sluice";
import type { Application } from "sluice/testing";

/** What an adapter makes of each guard of an application, from the outside in, as often as it is to be mounted. */
export function mounted<Middleware>(
  { guards, mounts }: Application,
  make: (options: GuardOptions) => Middleware,
): Middleware[] {
  return guards.flatMap((options) => Array.from<Middleware>({ length: mounts }).fill(make(options)));
}
