import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { show } from "../errors/show.ts";

const STYLES = ["draft-11", "draft-7", "draft-6", "legacy", "none"];
const RESETS = ["seconds", "unix", "duration", "rfc3339"];

/** A field name (RFC 9110, section 5.1), in which `{name}` may stand. */
const FIELD_NAME = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\{name\})+$/;

/**
 * Refuses a style that does not exist.
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function checkStyle(style: unknown): void {
  if (typeof style === "object" && style !== null) return checkTemplate(style);
  if (typeof style === "string" && STYLES.includes(style)) return;
  const expected = `one of ${STYLES.map(show).join(", ")} or a template of names`;
  throw invalid("headers", expected, style, nearestOf(style, STYLES));
}

function checkTemplate(template: object): void {
  checkOptions("headers", template, ["limit", "remaining", "reset", "resetAs"]);
  for (const [option, value] of Object.entries(template)) {
    if (value === undefined) continue;
    if (option === "resetAs") {
      if (RESETS.includes(value)) continue;
      throw invalid(
        "headers.resetAs",
        `one of ${RESETS.map(show).join(", ")}`,
        value,
        nearestOf(value, RESETS),
      );
    }
    if (typeof value !== "string" || !FIELD_NAME.test(value)) {
      throw invalid(
        `headers.${option}`,
        `the name of a header, such as "x-ratelimit-${option}-{name}"`,
        value,
      );
    }
  }
}

function nearestOf(value: unknown, known: readonly string[]): string {
  return (typeof value === "string" ? nearestWord(value, known) : undefined) ?? known[0];
}

function invalid(path: string, expected: string, value: unknown, nearest?: string): ConfigurationError {
  const message = `${path} must be ${expected}, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path });
}
