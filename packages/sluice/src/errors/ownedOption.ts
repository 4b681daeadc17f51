/** The option of which messages speak as `fixedWindow window` or `tokenBucket refill "1/400d"`; undefined if they name none. */
export function ownedOption(owner: string): string | undefined {
  return owner.split(" ", 2)[1];
}
