import type { Warning } from "../../events/Warning.ts";
import type { PostgresClient } from "./PostgresClient.ts";

/** A pool of `pg` emits `error` when it loses an idle connection, and Node ends a process in which nobody listens. */
export function poolWarning(client: PostgresClient): Warning | undefined {
  if (!("listenerCount" in client) || client.listenerCount?.("error") !== 0) return undefined;
  const message =
    'nobody listens to "error" of the pool: an idle connection that is lost, as when PostgreSQL restarts, ends this ' +
    'process; add pool.on("error", ...)';
  return { code: "POSTGRES_POOL_ERRORS", message };
}
