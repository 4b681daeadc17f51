import { ConfigurationError } from "../errors/ConfigurationError.ts";

/** What requests of Node, contexts of Koa and ws, requests of Fastify and contexts of Hono have, and options do not. */
const OF_REQUESTS = ["_events", "req", "raw", "finalized"];

/**
 * Refuses a request in the place of options: `app.use(rateLimit)` compiles, and hands it each.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkCalled(options: unknown): void {
  if (!OF_REQUESTS.some((name) => name in Object(options))) return;
  const message =
    'rateLimit was given a request in the place of its options; call it: app.use(rateLimit({ limits: "100/m" }))';
  throw new ConfigurationError("INVALID_OPTION", message);
}
