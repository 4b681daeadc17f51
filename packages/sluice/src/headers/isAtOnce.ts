/** Whether a limit counts what runs at once, of which nobody knows when it ends. */
export function isAtOnce({ algorithm }: { readonly algorithm: string }): boolean {
  return algorithm === "concurrency";
}
