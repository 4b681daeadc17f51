import { createServer } from "node:http";
import express from "express";
import {
  clientIp,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
  type RateString,
  slidingWindow,
} from "sluice";
import { manualClock } from "sluice/testing";
import { expect, test } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { testGuard } from "../guard/ask.ts";

const DAY = 86_400_000;

test.each([
  ["10/s", 10, 1000],
  ["60/m", 60, 60_000],
  ["1000/h", 1000, 3_600_000],
  ["5000/d", 5000, DAY],
  ["3/day", 3, DAY],
  ["5/minute", 5, 60_000],
  ["10/S" as RateString, 10, 1000],
  ["60/Minutes" as RateString, 60, 60_000],
] as const)("S2.4, S2.5, S2.6, S2.7, S2.40: %s is a sliding window of that", (text, limit, windowMs) => {
  const [decided] = rateLimiter({ limits: text }).consumeSync("a").limits;
  expect(decided).toMatchObject({ algorithm: "sliding-window", limit, windowMs });
});

test("S2.8, S2.28: a whole number with a window of its own, and a name", () => {
  const limits = slidingWindow({ limit: 3, window: { seconds: 60 } });
  const store = memoryStore({ clock: manualClock() });
  const contact = rateLimiter({ limits, store, name: "contact" });
  expect([1, 2, 3, 4].map(() => contact.consumeSync("a").allowed)).toEqual([true, true, true, false]);
  expect(rateLimiter({ limits, store, name: "search" }).consumeSync("a").allowed).toBe(true);
});

test("S2.9: a window beside a limit string is an error, not ignored", () => {
  expect(() => rateLimiter({ limits: "5/m", window: 60 } as never)).toThrow(
    expect.objectContaining({ code: "UNKNOWN_OPTION" }) as Error,
  );
});

test.each([{}, { limits: 60 }, { limits: [] }, { limits: "60" }])(
  "S2.31, S2.32: %j does not say how many in what time, and is refused",
  (options) => {
    expect(() => rateLimiter(options as never)).toThrow(
      expect.objectContaining({ code: "INVALID_LIMIT" }) as Error,
    );
  },
);

test("S2.24, S2.25, S2.26: a handler asks first, catches the refusal, and answers its own way", async () => {
  const limiter = rateLimiter({ limits: "1/day" });
  const sent: string[] = [];
  const app = express();
  app.post("/contact", async (_request, response) => {
    try {
      await limiter.acquire("ann");
    } catch (error) {
      if (!(error instanceof RateLimitExceededError)) throw error;
      response.send("You wrote enough for today.");
      return;
    }
    sent.push("mail");
    response.send("Thank you.");
  });
  const { send } = await listen(createServer(app));
  const post = () => send({ method: "POST", target: "/contact" });
  expect(await post()).toMatchObject({ status: 200, body: "Thank you." });
  expect(await post()).toMatchObject({ status: 200, body: "You wrote enough for today." });
  expect(sent).toEqual(["mail"]);
});

test("S2.39: onLimit is told all that a line in a security log needs", async () => {
  const lines: string[] = [];
  const guarded = testGuard({
    limits: "1/m",
    identify: clientIp(),
    onLimit: ({ request, decisions: [{ key, limits, retryAfterMs }] }) => {
      const [{ limit, windowMs }] = limits;
      lines.push(
        `${request.method} ${request.target} ${key} ${limit}/${windowMs} ms, wait ${retryAfterMs} ms`,
      );
      return undefined;
    },
  });
  expect(await guarded.status("POST /login")).toBe(200);
  expect(await guarded.status("POST /login")).toBe(429);
  expect(lines).toEqual(["POST /login ip:203.0.113.9 1/60000 ms, wait 120000 ms"]);
});
