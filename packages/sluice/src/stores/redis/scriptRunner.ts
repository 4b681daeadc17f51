import type { RedisCommands } from "./redisCommands.ts";
import { serverError } from "./serverError.ts";

/** Runs one script by its hash, and by its text only where the server does not know it: then nothing has run yet. */
export function scriptRunner(
  commands: RedisCommands,
  script: string,
): (keys: readonly string[], values: readonly string[]) => Promise<unknown> {
  let sha: Promise<string> | undefined;
  return async (keys, values) => {
    const hash = await (sha ??= sha1(script));
    try {
      return await commands.evalSha(hash, keys, values);
    } catch (error) {
      if (serverError(error).code !== "NOSCRIPT") throw error;
      return commands.eval(script, keys, values);
    }
  };
}

/** Under SHA-1 Redis remembers scripts. */
async function sha1(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
