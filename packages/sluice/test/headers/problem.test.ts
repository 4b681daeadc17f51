import { fixedWindow, memoryStore, quotaExceeded, rateLimiter, temporaryReducedCapacity } from "sluice";
import { expect, test } from "vitest";
import { stillClock } from "../guard/stillClock.ts";

const limiter = rateLimiter({
  limits: [
    fixedWindow({ limit: 1, window: "5s", name: "burst" }),
    fixedWindow({ limit: 5, window: "1m", name: "steady" }),
    fixedWindow({ limit: 1, window: "1h", name: "trial", dryRun: true }),
  ],
  store: memoryStore({ clock: stillClock() }),
});

test("case 05: only the violated policy is named, and the counter of the other stands still", () => {
  const { remaining } = limiter.consumeSync("k").limits[1];
  const refused = limiter.consumeSync("k");
  expect(quotaExceeded([refused])).toEqual({
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    status: 429,
    "violated-policies": ["burst"],
  });
  expect(refused.limits[1].remaining).toBe(remaining);
});

test("case 04: both violated policies are named", () => {
  const refused = limiter.consumeSync("k");
  const both = {
    ...refused,
    limits: refused.limits.map((limit) => Object.assign({}, limit, { allowed: false })),
  };
  expect(quotaExceeded([both])["violated-policies"]).toEqual(["burst", "steady"]);
});

test("a block names none", () => {
  const { limits, ...decision } = limiter.peekSync("other");
  const blocked = { ...decision, limits, allowed: false, reason: "blocked" as const, retryAfterMs: 1000 };
  expect(quotaExceeded([blocked])).not.toHaveProperty("violated-policies");
});

test("reduced capacity is 503", () => {
  expect(temporaryReducedCapacity()).toMatchObject({
    type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
    status: 503,
  });
});
