/** Several keys as one: joined with `|`, with `|` and `\` inside escaped, so that different parts never give the same key. */
export function joinKeys(keys: readonly string[]): string {
  return keys.map((key) => key.replace(/[\\|]/g, "\\$&")).join("|");
}
