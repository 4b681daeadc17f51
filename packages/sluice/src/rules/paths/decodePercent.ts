const HEX = "[0-9a-f]";
const NEXT_BYTE = `%[89ab]${HEX}`;

/** One character in UTF-8 (RFC 3629, table 3-7 of Unicode): nothing overlong, no surrogate. */
const DECODABLE = new RegExp(
  [
    `%(?:2[0-24-9a-e]|3[0-9a-e]|[46]${HEX}|5[0-9abd-f]|7[0-9a-e])`,
    `%(?:c[2-9a-f]|d${HEX})${NEXT_BYTE}`,
    `%(?:e0%[ab]${HEX}|ed%[89]${HEX}|e[1-9a-cef]${NEXT_BYTE})${NEXT_BYTE}`,
    `%(?:f0%[9ab]${HEX}|f[1-3]${NEXT_BYTE}|f4%8${HEX})${NEXT_BYTE}${NEXT_BYTE}`,
  ].join("|"),
  "gi",
);

/**
 * Decodes percent-encoding exactly once and never throws: what is no UTF-8 stays as it is. So do `/`, `\`, `?`
 * and `#`, which would move the borders of the path, and control characters, which would break lines in a log.
 * @example decodePercent("/%6cogin/%C3%A9%2F%252e%ff") === "/login/é%2F%2e%ff"
 */
export function decodePercent(path: string): string {
  return path.replace(DECODABLE, (character) => decodeURIComponent(character));
}
