import { fixedWindow, type GuardOptions, memoryStore } from "sluice";
import { rateLimit } from "sluice/node";
import {
  asgiRatelimit,
  asok,
  captchakit,
  fastapiCap,
  type ReplyPreset,
  smartRatelimiter,
} from "sluice/presets";
import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { stillClock } from "./stillClock.ts";

/** Two requests over a real socket, 400 ms after the edge of a window of which the second is over the limit. */
async function answersWith(preset: ReplyPreset, options: Partial<GuardOptions> = {}) {
  const clock = stillClock();
  clock.advance(400);
  const limited = rateLimit({
    ...preset,
    limits: fixedWindow({ limit: 1, window: "10s" }),
    store: memoryStore({ clock }),
    ...options,
  })((_request, response) => response.end("hello"));
  const { send } = await listen(createServer((request, response) => void limited(request, response)));
  return [await send(), await send()];
}

const limitFields = (headers: object) => Object.keys(headers).filter((name) => name.includes("ratelimit"));
const never = { limits: fixedWindow({ limit: 0, window: "10s" }) };

describe("captchakit", () => {
  test("S0.23, S0.24: 429 with an error and the wait in fractional seconds", async () => {
    const [passed, { status, headers, body }] = await answersWith(captchakit);
    expect([passed.status, limitFields(passed.headers)]).toEqual([200, []]);
    expect([status, limitFields(headers)]).toEqual([429, []]);
    expect(headers).toMatchObject({ "retry-after": "10", "content-type": "application/json" });
    expect(body).toBe('{"error":"rate_limited","retry_after":9.6}');
  });

  test("S0.25: without a hint retry_after is null and Retry-After 1", async () => {
    const [{ headers, body }] = await answersWith(captchakit, never);
    expect([headers["retry-after"], body]).toEqual(["1", '{"error":"rate_limited","retry_after":null}']);
  });
});

test("S1.10, S1.14: FastAPI-Cap has a detail and Retry-After", async () => {
  const [passed, { status, headers, body }] = await answersWith(fastapiCap);
  expect([passed.status, limitFields(passed.headers), status]).toEqual([200, [], 429]);
  expect(headers).toMatchObject({ "retry-after": "10", "content-type": "application/json" });
  expect(body).toBe('{"detail":"Rate limit exceeded. Please try again later."}');
});

test("S2.30, S2.36: Asok has a line of HTML and Retry-After", async () => {
  const [passed, { status, headers, body }] = await answersWith(asok);
  expect([passed.status, limitFields(passed.headers), status]).toEqual([200, [], 429]);
  expect(headers).toMatchObject({ "retry-after": "10", "content-type": "text/html; charset=utf-8" });
  expect(body).toBe("<h1>429 Too Many Requests</h1><p>Retry in 10s.</p>");
  expect((await answersWith(asok, never))[0].body).toBe("<h1>429 Too Many Requests</h1>");
});

test("S3.28, S3.31: asgi-ratelimit has an empty body and Retry-After", async () => {
  const [passed, { status, headers, body }] = await answersWith(asgiRatelimit);
  expect([passed.status, limitFields(passed.headers), status, body]).toEqual([200, [], 429, ""]);
  expect([headers["retry-after"], headers["content-type"]]).toEqual(["10", undefined]);
});

test("S4.54, S4.55, S4.56: smart-ratelimiter has X-RateLimit on every answer, and an error as JSON", async () => {
  const [passed, { status, headers, body }] = await answersWith(smartRatelimiter);
  const told = { "x-ratelimit-limit": "1", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "10" };
  expect([passed.status, status]).toEqual([200, 429]);
  expect(passed.headers).toMatchObject(told);
  expect(headers).toMatchObject({ ...told, "retry-after": "10", "content-type": "application/json" });
  expect(body).toBe('{"error":"rate limit exceeded"}');
});

describe.each(Object.entries({ captchakit, fastapiCap, asok, asgiRatelimit, smartRatelimiter }))(
  "%s",
  (_, preset) => {
    test("case 08: a refusal is not to be kept", async () => {
      const [, { headers }] = await answersWith(preset);
      expect(headers["cache-control"]).toBe("no-store");
    });

    test("case 42: a store that fails closed is 503 as without it", async () => {
      const gone = () => Promise.reject(new Error("gone"));
      const failing = { ...memoryStore(), prepare: () => ({ decide: gone, act: gone, reset: gone }) };
      const closed = { store: failing, onStoreError: "closed", onEvent: () => undefined } as const;
      const [{ status, headers }] = await answersWith(preset, closed);
      expect([status, headers["content-type"]]).toEqual([503, "application/problem+json"]);
    });
  },
);
