/** Hono on Node. The same application runs on Bun and Deno: each tells the peer's address in its own way. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { rateLimit } from "sluice/hono";

const app = new Hono();
app.use("/api/*", rateLimit({ limits: "3/m" }));
app.get("/api/towns", (context) => context.json(["Ulm"]));
app.get("/", (context) => context.text("hello"));

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(process.env["PORT"] ?? 3000) }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}`),
);
