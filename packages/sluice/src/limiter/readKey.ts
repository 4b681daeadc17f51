import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { nearestWord } from "../errors/nearestWord.ts";
import { show } from "../errors/show.ts";
import type { Keys } from "../stores/Store.ts";
import { encodeKey } from "../units/encodeKey.ts";
import type { Key } from "./Limiter.ts";

/**
 * A key as the store takes it: one, or one for each subject in order.
 * @param subjects what they are called; empty where a call has one key
 * @throws ConfigurationError `INVALID_KEY`
 */
export function readKey(key: Key, subjects: readonly string[]): Keys {
  if (subjects.length === 0) return encodeKey(key as string);
  checkSubjects(key, subjects);
  const keys = subjects.map((name) => encodeSubject(name, key[name]));
  return keys.length === 1 ? keys[0] : keys;
}

/** The same key of two subjects is not the same. */
function encodeSubject(name: string, key: string): string {
  if (typeof key !== "string" || key === "") {
    const message = `the key of ${show(name)} must be a non-empty string, not ${show(key)}`;
    throw new ConfigurationError("INVALID_KEY", message, { value: key, path: name });
  }
  return encodeKey(JSON.stringify([name, key]));
}

function checkSubjects(
  key: Key,
  subjects: readonly string[],
): asserts key is Readonly<Record<string, string>> {
  const wanted = `a key for each of ${subjects.map(show).join(", ")}`;
  if (typeof key !== "object" || key === null) {
    const nearest = Object.fromEntries(subjects.map((name) => [name, key]));
    throw new ConfigurationError("INVALID_KEY", `a call takes ${wanted}, not ${show(key)}`, {
      value: key,
      nearest,
    });
  }
  for (const name of Object.keys(key)) {
    if (subjects.includes(name)) continue;
    const nearest = nearestWord(name, subjects) ?? subjects[0];
    throw new ConfigurationError("INVALID_KEY", `no limit counts ${show(name)}; a call takes ${wanted}`, {
      value: name,
      nearest,
    });
  }
  for (const name of subjects) {
    if (Object.hasOwn(key, name)) continue;
    throw new ConfigurationError("INVALID_KEY", `a call takes ${wanted}, and ${show(name)} is missing`, {
      value: key,
      nearest: name,
      path: name,
    });
  }
}
