/** Whether a value can be the name of a header, of a cookie or of a method: a token (RFC 9110, section 5.6.2). */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(value);
}
