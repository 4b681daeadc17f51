/** Per tenant and per user at once: a user has his share, and all users of a tenant together have theirs. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { quotaExceeded, rateLimiter, rateLimitHeaders, slidingWindow } from "sluice";

const limiter = rateLimiter({
  limits: [
    slidingWindow({ limit: 3, window: "1m", by: "user" }),
    slidingWindow({ limit: 5, window: "1m", by: "tenant" }),
  ],
});

const app = new Hono();
app.get("/", async (context) => {
  // Stands for what a real application has verified. A user is named with his tenant: ann of acme is not ann of zeta.
  const tenant = context.req.header("x-tenant") ?? "none";
  const user = context.req.header("x-user") ?? "nobody";

  // Decided together: who is refused for one has spent nothing of the other.
  const decision = await limiter.consume({ user: JSON.stringify([tenant, user]), tenant });
  const headers = rateLimitHeaders(decision);
  if (decision.allowed) return context.text("hello", 200, headers);
  return Response.json(quotaExceeded([decision]), {
    status: 429,
    headers: { ...headers, "Content-Type": "application/problem+json" },
  });
});

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env["PORT"] ?? 3000) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
