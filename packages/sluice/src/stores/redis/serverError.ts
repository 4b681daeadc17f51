import { messageOf } from "../../errors/messageOf.ts";

/** What a server answered, or what a client threw by itself, told apart by nothing but the words. */
export interface ServerError {
  /** The first word, as servers write it: `"NOSCRIPT"`, `"ERR"`; any word at all if the error is a client's. */
  readonly code: string;
  readonly text: string;
}

/** How valkey-glide calls what servers call otherwise. */
const GLIDE_CODES: ReadonlyMap<string, string> = new Map([
  ["NoScriptError", "NOSCRIPT"],
  ["PermissionDenied", "NOPERM"],
  ["CrossSlot", "CROSSSLOT"],
  ["ResponseError", "ERR"],
]);

/** `NOPERM` of a command that a script called: of Redis 7.0, and of Redis 7.2 and Valkey. */
const NOPERM_IN_SCRIPT = /^(?:The user executing the script can't |ACL failure in script: )/;

/** Reads the code in its own place only: the text after it may quote anybody's key. */
export function serverError(error: unknown): ServerError {
  const [, word = "", text = ""] =
    /^(?:An error was signalled by the server: - )?(\w+):? ?([^]*)$/.exec(messageOf(error)) ?? [];
  const code = GLIDE_CODES.get(word) ?? word;
  return { code: code === "ERR" && NOPERM_IN_SCRIPT.test(text) ? "NOPERM" : code, text };
}
