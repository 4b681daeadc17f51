import { ConfigurationError, nearestWord } from "sluice";

/** No name of a rule that makes sense is longer. */
const LONGEST = 500;

/**
 * Which rule is meant: by its place, from 0, or its name. A path alone means its rule for all methods, and case does
 * not matter. Of rules with one name the first is meant, since it is the only one that ever decides.
 * @throws ConfigurationError `INVALID_OPTION` with the nearest name
 */
export function findRule(names: readonly string[], wanted: unknown): number {
  if (typeof wanted === "number") {
    if (names[wanted] !== undefined) return wanted;
    const last = names.length - 1;
    throw invalid(`there is no rule ${wanted}; they are 0 to ${last}`, wanted, last);
  }
  if (typeof wanted !== "string" || wanted.length > LONGEST)
    throw invalid("a rule is named by its text or its place", wanted, names[0]);
  const spelt = (wanted.startsWith("/") ? `* ${wanted}` : wanted).toLowerCase();
  const index = names.findIndex((name) => name.toLowerCase() === spelt);
  if (index !== -1) return index;
  const nearest = nearestWord(spelt, names);
  const hint =
    nearest === undefined
      ? `the first is ${JSON.stringify(names[0])}`
      : `did you mean ${JSON.stringify(nearest)}?`;
  throw invalid(`no rule is called ${JSON.stringify(wanted)}; ${hint}`, wanted, nearest);
}

function invalid(message: string, value: unknown, nearest: unknown): ConfigurationError {
  return new ConfigurationError("INVALID_OPTION", message, { value, nearest, path: "rule" });
}
