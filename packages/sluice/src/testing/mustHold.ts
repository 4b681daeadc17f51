/**
 * Throws if a promise is broken.
 * @param message what was seen; asked for only then
 */
export function mustHold(holds: boolean, message: () => string): void {
  if (!holds) throw new Error(message());
}
