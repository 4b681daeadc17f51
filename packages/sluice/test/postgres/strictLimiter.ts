import { type Limiter, rateLimiter } from "sluice";
import type { PostgresStore } from "sluice/postgres";

/** Nine a day, and what fails is thrown: whatever is answered, the server has answered. */
export function strictLimiter(store: PostgresStore): Limiter {
  return rateLimiter({ limits: "9/d", store, onStoreError: "throw", timeoutMs: 60_000, onEvent: () => {} });
}
