/** With thousands set apart: `"1,000"`. */
const NUMBER = /^[-+]?(?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d+)?(?:e\d{1,2})?$/i;

/** The number that a text holds, and nothing else; NaN for others. */
export function numberIn(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed.replace(/[,_]/g, "")) : Number.NaN;
}

/** The whole number in bounds that is nearest to a number, also in a text; undefined where none is meant. */
export function nearestWhole(value: unknown, least: number, most: number): number | undefined {
  const number = typeof value === "string" ? numberIn(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) return undefined;
  return Math.min(Math.max(Math.round(number), least), most);
}
