/** Of an object so many keys are told: a client may have hundreds. */
const MOST_KEYS = 8;

/** A value as an error message shows it: short, on one line, strings in quotes, URLs without who logs in. */
export function show(value: unknown): string {
  if (typeof value === "string") return showText(withoutLogin(value));
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? `an array of ${value.length}` : showKeys(Object.keys(value));
}

function showText(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function showKeys(keys: readonly string[]): string {
  const more = keys.length > MOST_KEYS ? ", ..." : "";
  return `an object with keys ${keys.slice(0, MOST_KEYS).join(", ") || "(none)"}${more}`;
}

/** Of a URL without who logs in, and by which password, wherever it stands. */
function withoutLogin(text: string): string {
  const start = text.indexOf("://") + 3;
  const end = text.lastIndexOf("@");
  const shown = start >= 3 && end > start ? `${text.slice(0, start)}...${text.slice(end)}` : text;
  return shown.replaceAll(/(password=)[^&\s]*/gi, "$1...");
}
