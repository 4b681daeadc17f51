/** captchakit: issuing asks a limiter first. Its three limiters, one of your own, and the error handler of its page. */
import express, { type ErrorRequestHandler } from "express";
import { Redis } from "ioredis";
import { type Acquirer, noLimit, RateLimitExceededError, rateLimiter, tokenBucket } from "sluice";
import { redisStore } from "sluice/redis";

class CaptchaManager {
  readonly limiter: Acquirer;
  issued = 0;

  constructor(limiter: Acquirer = noLimit()) {
    this.limiter = limiter;
  }

  async issue(key: string): Promise<number> {
    await this.limiter.acquire(key);
    return ++this.issued;
  }
}

/** One of your own. */
class AlwaysDeny {
  async acquire(key: string): Promise<void> {
    throw new RateLimitExceededError(key);
  }
}

const managers = new Map([
  ["unlimited", new CaptchaManager()],
  ["memory", new CaptchaManager(rateLimiter({ limits: tokenBucket({ capacity: 5, refill: "1/s" }) }))],
  ["denied", new CaptchaManager(new AlwaysDeny())],
]);

// Buckets that all processes share: the client is yours.
const { REDIS_URL: url, PREFIX: namespace = "captchakit" } = process.env;
if (url !== undefined) {
  const limits = tokenBucket({ capacity: 10, refill: "2/s" });
  const store = redisStore(new Redis(url));
  // As there, an error of Redis is one of the operation.
  const limiter = rateLimiter({ limits, store, namespace, onStoreError: "throw", timeoutMs: 5_000 });
  managers.set("redis", new CaptchaManager(limiter));
}

const rateLimited: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof RateLimitExceededError)) return next(error);
  const seconds = error.retryAfterMs === undefined ? null : error.retryAfterMs / 1000;
  response.status(429).set(error.headers).json({ error: "rate_limited", retry_after: seconds });
};

const app = express();
app.post("/:manager", async (request, response) => {
  const manager = managers.get(request.params.manager);
  response.status(201).json({ issued: await manager?.issue(request.ip ?? "unknown") });
});
app.use(rateLimited);

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
