import { isAtOnce } from "./isAtOnce.ts";

/** The window, or the time in which a bucket fills, in whole seconds rounded up; undefined below one second, or if there is none. */
export function windowSeconds(limit: {
  readonly algorithm: string;
  readonly windowMs: number;
}): number | undefined {
  const { windowMs } = limit;
  return windowMs < 1000 || isAtOnce(limit) ? undefined : Math.ceil(windowMs / 1000);
}
