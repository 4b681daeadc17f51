import { createAdaptorServer } from "@hono/node-server";
import { type Endpoint, listen } from "./exchange.ts";

/** Serves a handler of the Fetch standard over node:http until the test ends. */
export function listenFetch(fetch: (request: Request) => Response | Promise<Response>): Promise<Endpoint> {
  return listen(createAdaptorServer({ fetch }));
}
