import { ConfigurationError } from "./ConfigurationError.ts";
import { nearestWord } from "./nearestWord.ts";
import { optionPath } from "./optionPath.ts";
import { show } from "./show.ts";

/**
 * Refuses options that are not a plain object and names that nobody knows, with the nearest known name.
 * @param owner what the options belong to, for the message: `tokenBucket`
 */
export function checkOptions(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new ConfigurationError(
      "INVALID_OPTION",
      `${owner} takes an object of options, not ${show(options)}`,
      { value: options },
    );
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestWord(name, known);
    throw new ConfigurationError(
      "UNKNOWN_OPTION",
      `${owner} has no option ${show(name)}${nearest === undefined ? `; it has ${known.join(", ")}` : `; did you mean ${show(nearest)}?`}`,
      { value: name, nearest, path: optionPath(owner, name) },
    );
  }
}
