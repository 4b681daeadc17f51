const OF_CREDENTIALS = new Set(["authorization", "proxy-authorization"]);
/** A scheme, blanks, and what it is about. */
const SCHEME = /^([^\s,]+)[ \t]+(.*)$/s;

/**
 * The value of a header in the one spelling that it is counted by: the scheme of credentials is read in any case, and one
 * blank or several may follow it (RFC 9110, sections 11.1 and 11.4), so that nobody is somebody else by writing `BEARER`.
 * Of `Basic` counts the text that its base64 stands for.
 * @param header its name in lower case; the values of others stay as they are
 */
export function credentials(header: string, value: string): string {
  if (!OF_CREDENTIALS.has(header)) return value;
  const [, scheme, rest] = SCHEME.exec(value) ?? [];
  if (scheme === undefined) return value;
  const known = scheme.toLowerCase();
  return `${known} ${known === "basic" ? decoded(rest) : rest}`;
}

/**
 * As servers read base64: padding and what follows it, the alphabet for URLs, foreign characters and bits that are left over
 * say nothing.
 */
function decoded(base64: string): string {
  const digits = base64
    .replace(/=.*/s, "")
    .replaceAll(/[^\w+/-]/g, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  return atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits);
}
