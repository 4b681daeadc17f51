import express, { type ErrorRequestHandler, type Express } from "express";
import type { Payload } from "altcha-lib";
import { RateLimitExceededError } from "sluice";
import type { Captchas } from "./Captchas.ts";

/** Issues captchas, and tells whether they are solved. It does not know who limits them, nor whether anybody does. */
export function captchaApp(captchas: Captchas): Express {
  const app = express();
  app.get("/captchas", (_request, response) => {
    response.json(captchas.count());
  });
  app.post("/captchas", async (request, response) => {
    response.status(201).json(await captchas.issue(request.ip ?? "unknown"));
  });
  app.post("/solutions", express.json(), async (request, response) => {
    const answer = (request.body ?? {}) as Partial<Payload>;
    response.json({ verified: await captchas.verify(answer) });
  });
  app.use(rateLimited);
  return app;
}

const rateLimited: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof RateLimitExceededError)) return next(error);
  const { retryAfterMs = Infinity, headers } = error;
  // In JSON a wait that nobody knows, or that has no end, is null.
  response
    .status(429)
    .set(headers)
    .json({ error: "rate_limited", retry_after: retryAfterMs / 1000 });
};
