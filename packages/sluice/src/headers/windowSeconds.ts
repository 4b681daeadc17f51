/** The window, or the time in which a bucket fills, in whole seconds rounded up; undefined below one second. */
export function windowSeconds({ windowMs }: { readonly windowMs: number }): number | undefined {
  return windowMs < 1000 ? undefined : Math.ceil(windowMs / 1000);
}
