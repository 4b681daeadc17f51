import type { Warning } from "../../events/Warning.ts";

/** The oldest major versions that this library is tested with. */
const OLDEST = { Redis: 7, Valkey: 8 };

/** What somebody should know about a server that says this of itself. What it does not say is not warned of. */
export function infoWarnings(info: string): Warning[] {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1];
  return [
    versionWarning("Valkey", field("valkey_version")) ?? versionWarning("Redis", field("redis_version")),
    evictionWarning(field("maxmemory"), field("maxmemory_policy")),
  ].filter((warning) => warning !== undefined);
}

function versionWarning(server: keyof typeof OLDEST, version: string | undefined): Warning | undefined {
  if (version === undefined || !(Number.parseInt(version, 10) < OLDEST[server])) return undefined;
  const message = `${server} ${version} is older than what this store is tested with: Redis 7 or Valkey 8 and newer`;
  return { code: "REDIS_VERSION", message };
}

/** Without `maxmemory` nothing is evicted, whatever the policy. */
function evictionWarning(maxmemory = "0", policy = "noeviction"): Warning | undefined {
  if (maxmemory === "0" || policy === "noeviction") return undefined;
  const message = `a Redis that is full may forget who was refused: its maxmemory-policy is ${policy}; use noeviction, or a Redis for limits alone`;
  return { code: "REDIS_EVICTION", message };
}
