/**
 * An array as PostgreSQL reads it from text, whatever types its client was taught.
 * Source: PostgreSQL 18, 8.15.6 "Array Input and Output Syntax".
 */
export function arrayText(elements: readonly string[]): string {
  return `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, "\\$&")}"`).join()}}`;
}
