import type { Warn } from "../../events/Warning.ts";
import { infoWarnings } from "./infoWarnings.ts";
import type { RedisCommands } from "./redisCommands.ts";
import { serverError } from "./serverError.ts";

/**
 * Looks at client and server the first time that it is called, and tells what it finds: one INFO, for which nobody waits.
 * What cannot be found out is not warned of, but that INFO is refused is told.
 */
export function lookOnce(commands: RedisCommands, warn: Warn): () => void {
  let looked = false;
  return () => {
    if (looked) return;
    looked = true;
    warnOfClient(commands, warn);
    void warnOfServer(commands, warn);
  };
}

function warnOfClient({ saferOptions }: RedisCommands, warn: Warn): void {
  if (saferOptions === undefined) return;
  const message = `after a lost connection this client sends commands again that may have been run, which charges a call twice; give it ${saferOptions}`;
  warn({ code: "REDIS_CLIENT_RESENDS", message });
}

async function warnOfServer(commands: RedisCommands, warn: Warn): Promise<void> {
  try {
    for (const warning of infoWarnings(String(await commands.info()))) warn(warning);
  } catch (error) {
    if (serverError(error).code !== "NOPERM") return;
    const message = "INFO is refused, so it is unknown whether this Redis evicts keys and how old it is";
    warn({ code: "REDIS_PERMISSION", message });
  }
}
