/** smart-ratelimiter: limits by API key, else by address, X-RateLimit fields on every answer, and limited functions. */
import { createServer } from "node:http";
import { adaptive, apiKey, clientIp, limited, RateLimitExceededError, rateLimiter, slidingLog } from "sluice";
import { rateLimit } from "sluice/node";
import { smartRatelimiter } from "sluice/presets";
import { sqliteStore } from "sluice/sqlite";

// Its sliding window is a log. Another algorithm or store is one line.
const store = sqliteStore(process.env["DB_PATH"] ?? ":memory:");
const middleware = rateLimit({
  ...smartRatelimiter,
  rules: [
    { path: "/search", limits: slidingLog({ limit: 10, window: "60s" }), cost: 5 },
    { path: "/jobs/**" },
    { limits: slidingLog({ limit: 3, window: "60s" }), pool: "rest" },
  ],
  identify: [apiKey("x-api-key"), clientIp()],
  store,
  namespace: "smart",
});

/** `@rate_limit(limiter, key_func=..., raise_on_limit=False)`: undefined, and the function is not called. */
const notify = limited((user: string) => `mail to ${user}`, {
  name: "notify",
  limits: "2/m",
  key: (user) => `user:${user}`,
  onLimit: "undefined",
});

/** `with RateLimitContext(limiter, key=...)`: quiet tenants may burst, busy ones are cut. */
const jobs = rateLimiter({ limits: adaptive({ limit: 4, window: "60s", burstMultiplier: 2 }) });

async function job(path: string): Promise<string> {
  if (path === "/jobs/notify") return (await notify("ann")) ?? "not again so soon";
  if (path === "/jobs/run") return jobs.run("tenant:acme", ({ remaining }) => `done, ${remaining} left`);
  return "hello";
}

const server = createServer(
  middleware(async (request, response) => {
    try {
      response.end(await job(request.url ?? ""));
    } catch (error) {
      if (!(error instanceof RateLimitExceededError)) throw error;
      response.writeHead(429, error.headers).end(error.message);
    }
  }),
);
server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
