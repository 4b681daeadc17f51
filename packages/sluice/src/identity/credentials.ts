const OF_CREDENTIALS = new Set(["authorization", "proxy-authorization"]);
/** A scheme, blanks, and what it is about. */
const SCHEME = /^([^\s,]+)[ \t]+(.*)$/s;

/**
 * The value of a header in the one spelling that it is counted by: the scheme of credentials is read in any case, and one
 * blank or several may follow it (RFC 9110, sections 11.1 and 11.4), so that nobody is somebody else by writing `BEARER`.
 * @param header its name in lower case; the values of others stay as they are
 */
export function credentials(header: string, value: string): string {
  if (!OF_CREDENTIALS.has(header)) return value;
  const [, scheme, rest] = SCHEME.exec(value) ?? [];
  return scheme === undefined ? value : `${scheme.toLowerCase()} ${rest}`;
}
