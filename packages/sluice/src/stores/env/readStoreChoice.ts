import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { nearestWord } from "../../errors/nearestWord.ts";
import type { StoreChoice } from "./StoreChoice.ts";

/** A valid text for each word that one may begin with. */
const FORMS: Readonly<Record<string, string>> = {
  memory: "memory",
  sqlite: "sqlite:./sluice.db",
  redis: "redis://127.0.0.1:6379",
  rediss: "rediss://127.0.0.1:6379",
  valkey: "redis://127.0.0.1:6379",
  postgres: "postgres://user@127.0.0.1:5432/database",
  postgresql: "postgresql://user@127.0.0.1:5432/database",
};

/**
 * Reads the text of SLUICE_STORE; an empty one is memory. No message holds more of it than its first word, since the
 * rest may be a password.
 * @param owner what the text belongs to, for the message
 * @throws ConfigurationError `INVALID_OPTION`, with the nearest valid form
 */
export function readStoreChoice(owner: string, text: string): StoreChoice {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed === "memory") return { kind: "memory", location: "" };
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/s.exec(trimmed) ?? [];
  if (scheme === "sqlite" && rest !== "" && !rest.startsWith("//")) return { kind: "sqlite", location: rest };
  if (/^rediss?$/.test(scheme) && hasHost(trimmed)) {
    if (!/^\/?$|^\/\d{1,9}$/.test(new URL(trimmed).pathname)) throw wrongDatabase(owner, scheme);
    return { kind: "redis", location: trimmed };
  }
  if (/^postgres(?:ql)?$/.test(scheme) && /^\/\/\/?./.test(rest) && rest !== "///" && URL.canParse(trimmed))
    return { kind: "postgres", location: trimmed };
  throw wrong(owner, trimmed, scheme, rest);
}

function hasHost(text: string): boolean {
  return URL.canParse(text) && new URL(text).host !== "";
}

/** What stands there may be a part of a password that has a slash. */
function wrongDatabase(owner: string, scheme: string): ConfigurationError {
  const nearest = `${scheme}://127.0.0.1:6379/0`;
  const message = `${owner} must have the number of a database for its path, or none, as in ${nearest}; databases of Redis have no names`;
  return new ConfigurationError("INVALID_OPTION", message, { value: `${scheme}...`, nearest, path: owner });
}

function wrong(owner: string, text: string, scheme: string, rest: string): ConfigurationError {
  const word = /^[a-z]{0,12}/i.exec(text)![0];
  const nearest = nearestForm(word, scheme, rest);
  const shown =
    nearest === undefined && scheme === "" ? "another text" : `"${word}${word === text ? "" : "..."}"`;
  const hint = nearest === undefined ? "" : `; the nearest is ${nearest}`;
  const encode = text.includes("@")
    ? " (in a URL, special characters of a password are percent-encoded)"
    : "";
  const message = `${owner} must be memory, sqlite:PATH, redis://..., rediss://... or postgres://..., not ${shown}${hint}${encode}`;
  return new ConfigurationError("INVALID_OPTION", message, { value: shown, nearest, path: owner });
}

function nearestForm(word: string, scheme: string, rest: string): string | undefined {
  const path = /^\/\/([^@]+)$/s.exec(rest)?.[1];
  if (scheme === "sqlite" && path !== undefined) return `sqlite:${path}`;
  const known = nearestWord(word, Object.keys(FORMS));
  return known === undefined ? undefined : FORMS[known];
}
