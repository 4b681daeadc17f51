import { Hono } from "hono";
import { rateLimit as limitFetch, type FetchOptions } from "sluice/fetch";
import { rateLimit as limitHono, type HonoContext, type HonoOptions } from "sluice/hono";

/** An application with Hono and one without that let two requests a minute pass, as every runtime serves them: `/hono` and `/fetch`. */
export function applications<Rest extends unknown[]>(
  forHono: Omit<HonoOptions<HonoContext>, "limits">,
  forFetch: Omit<FetchOptions<Rest>, "limits">,
): (request: Request, ...rest: Rest) => Response | Promise<Response> {
  const app = new Hono();
  app.use(limitHono({ ...forHono, limits: "2/m" }));
  app.get("/hono", (context) => context.text("hello"));
  const handler = limitFetch<Rest>({ ...forFetch, limits: "2/m" })(() => new Response("hello"));
  return (request, ...rest) =>
    new URL(request.url).pathname === "/fetch" ? handler(request, ...rest) : app.fetch(request, rest[0]);
}
