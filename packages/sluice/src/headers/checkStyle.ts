import { checkOptions } from "../errors/checkOptions.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { show } from "../errors/show.ts";
import type { HeaderTemplate } from "./HeaderStyle.ts";

const STYLES = ["draft-11", "draft-7", "draft-6", "legacy", "none"];

/** What others call so. Drafts 8 to 10 have the fields of draft 11. */
const MEANT = new Map<unknown, string>([
  ["draft-8", "draft-11"],
  ["draft-9", "draft-11"],
  [false, "none"],
]);

const RESETS = ["seconds", "unix", "duration", "rfc3339"];

/** A field name (RFC 9110, section 5.1), in which `{name}` may stand. */
const FIELD_NAME = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]|\{name\})+$/;

/**
 * Refuses a style that does not exist.
 * @param owner whose option `headers` it is
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function checkStyle(owner: string, style: unknown): void {
  if (typeof style === "object" && style !== null) checkTemplate(`${owner}.headers`, style);
  else checkWord(owner, "headers", style, STYLES, " or a template of names", MEANT.get(style));
}

function checkTemplate(owner: string, template: object): void {
  checkOptions(owner, template, ["limit", "remaining", "reset", "resetAs"]);
  for (const [option, value] of Object.entries(template)) {
    if (value === undefined) continue;
    if (option === "resetAs") checkWord(owner, option, value, RESETS);
    else if (typeof value !== "string" || !FIELD_NAME.test(value))
      throw invalidOption(
        owner,
        option,
        value,
        `the name of a header, such as "x-ratelimit-${option}-{name}"`,
      );
  }
  checkApart(owner, template);
}

/** Names of headers are the same in any case. */
function checkApart(owner: string, template: HeaderTemplate): void {
  const seen = new Set<string>();
  for (const option of ["limit", "remaining", "reset"] as const) {
    const name = template[option]?.toLowerCase();
    if (name === undefined) continue;
    if (seen.has(name))
      throw invalidOption(owner, option, template[option], "a name that no other option has");
    seen.add(name);
  }
}

function checkWord(
  owner: string,
  option: string,
  value: unknown,
  words: readonly string[],
  more = "",
  meant?: string,
): void {
  if (typeof value === "string" && words.includes(value)) return;
  const near = typeof value === "string" ? nearestWord(value, words) : undefined;
  const nearest = meant ?? near ?? words[0];
  throw invalidOption(owner, option, value, `one of ${words.map(show).join(", ")}${more}`, nearest);
}
