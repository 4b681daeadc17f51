/** Whatever can be a key of a weak map: functions are objects, too. */
export function isWeakKey(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
