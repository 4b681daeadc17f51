import { ConfigurationError } from "./ConfigurationError.ts";
import { formerName } from "./formerName.ts";
import { nearestWord } from "./nearestWord.ts";
import { optionPath } from "./optionPath.ts";
import { show } from "./show.ts";

/**
 * Refuses options that are not a plain object and names that nobody knows, with the nearest known name and all the others.
 * @param owner what the options belong to, for the message: `tokenBucket`
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(
      "INVALID_OPTION",
      `${owner} takes an object of options, not ${show(options)}; they are ${known.join(", ")}`,
      { value: options },
    );
  }
  for (const name of Object.keys(options)) if (!known.includes(name)) throw unknownOption(owner, name, known);
}

function unknownOption(owner: string, name: string, known: readonly string[]): ConfigurationError {
  const former = formerName(name, known);
  const nearest = former?.option ?? nearestWord(name, known);
  const asked = nearest === undefined ? "" : `; did you mean ${show(nearest)}?`;
  const hint = former === undefined ? asked : `; ${former.sentence}.`;
  const message = `${owner} has no option ${show(name)}${hint}${hint === "" ? "; it" : " It"} has ${known.join(", ")}`;
  return new ConfigurationError("UNKNOWN_OPTION", message, {
    value: name,
    nearest,
    path: optionPath(owner, name),
  });
}
