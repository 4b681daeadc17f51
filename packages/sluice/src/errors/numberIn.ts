/** With thousands set apart: `"1,000"`. */
const NUMBER = /^[-+]?(?:\d{1,3}(?:[,_]\d{3})+|\d+)(?:\.\d+)?(?:e\d{1,2})?$/i;

/** The number that a text holds, and nothing else; NaN for others. */
export function numberIn(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed.replace(/[,_]/g, "")) : Number.NaN;
}
