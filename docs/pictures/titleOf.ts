/** How the guide calls an algorithm: `"fixed window"`. */
export function titleOf(name: string): string {
  return name === "gcra" ? "GCRA" : name.replace("-", " ");
}
