/** A value as an error message shows it: short, on one line, strings in quotes. */
export function show(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value)
    ? `an array of ${value.length}`
    : `an object with keys ${Object.keys(value).join(", ") || "(none)"}`;
}
