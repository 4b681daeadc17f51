import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type Challenge, solveChallenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { type Acquirer, alwaysDeny, foreignLimiter, RateLimitExceededError } from "sluice";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { answers, answerTo, statuses, untilRefused } from "../answers.ts";
import { startProgram } from "../startProgram.ts";
import { captchaApp } from "./captchaApp.ts";
import { Captchas } from "./Captchas.ts";

// One test starts a process.
vi.setConfig({ testTimeout: 60_000 });

const POST = { method: "POST" };

/** The same application, and another limiter. */
async function serve(rateLimiter?: Acquirer): Promise<string> {
  const captchas = new Captchas({ secret: "of this test", ...(rateLimiter && { rateLimiter }) });
  const server = captchaApp(captchas).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const countAt = async (url: string) => JSON.parse((await answerTo(`${url}/captchas`)).body) as unknown;

async function issueAt(url: string): Promise<Challenge> {
  return JSON.parse((await answerTo(`${url}/captchas`, POST)).body) as Challenge;
}

async function verifiedAt(url: string, body: object): Promise<boolean> {
  const headers = { "Content-Type": "application/json" };
  const answer = await answerTo(`${url}/solutions`, { ...POST, headers, body: JSON.stringify(body) });
  return (JSON.parse(answer.body) as { verified: boolean }).verified;
}

test("the program: five captchas at once, then 429 with the wait in the body; a refused one is none", async () => {
  const { url } = await startProgram("captcha/captcha.ts");
  const { passed, refusal } = await untilRefused(`${url}/captchas`, POST);
  expect(passed).toBeGreaterThanOrEqual(5);
  const { error, retry_after } = JSON.parse(refusal.body) as { error: string; retry_after: number };
  expect([refusal.status, error]).toEqual([429, "rate_limited"]);
  expect(retry_after > 0 && retry_after <= 6).toBe(true);
  expect(refusal.retryAfter).toBe(Math.ceil(retry_after));
  expect(await countAt(url)).toEqual({ issued: passed, open: passed });
});

describe("with another limiter, and the same calls", () => {
  test("S0.3, S0.4: without one everybody is served, and a captcha that is solved counts once", async () => {
    const url = await serve();
    expect(await statuses(`${url}/captchas`, 20, POST)).toEqual(Array.from({ length: 20 }, () => 201));
    const challenge = await issueAt(url);
    const solution = await solveChallenge({ challenge, deriveKey });
    expect(await verifiedAt(url, { challenge, solution })).toBe(true);
    expect(await verifiedAt(url, { challenge, solution })).toBe(false);
    expect(await countAt(url)).toEqual({ issued: 21, open: 20 });
  });

  test("what is not solved is not verified", async () => {
    const url = await serve();
    const challenge = await issueAt(url);
    expect(await verifiedAt(url, { challenge, solution: { counter: 0, derivedKey: "00" } })).toBe(false);
    const forged = { ...(await issueAt(url)), signature: "00" };
    expect(
      await verifiedAt(url, { challenge: forged, solution: await solveChallenge({ challenge, deriveKey }) }),
    ).toBe(false);
    expect(await verifiedAt(url, {})).toBe(false);
  });

  test("S0.31: alwaysDeny: nothing is made, kept or counted; a wait without end is null", async () => {
    const url = await serve(alwaysDeny());
    const [first, second] = await answers(`${url}/captchas`, 2, POST);
    for (const { status, body, headers } of [first, second]) {
      expect([status, JSON.parse(body)]).toEqual([429, { error: "rate_limited", retry_after: null }]);
      expect([headers.get("retry-after"), headers.get("cache-control")]).toEqual([null, "no-store"]);
    }
    expect(await countAt(url)).toEqual({ issued: 0, open: 0 });
  });

  test("S0.19, S0.20, S0.25: an object of one's own that knows no wait: Retry-After is 1, in the body null", async () => {
    const denying: Acquirer = { acquire: () => Promise.reject(new RateLimitExceededError("everybody")) };
    const { status, retryAfter, body } = await answerTo(`${await serve(denying)}/captchas`, POST);
    expect([status, retryAfter, JSON.parse(body)]).toEqual([
      429,
      1,
      { error: "rate_limited", retry_after: null },
    ]);
  });

  test("S0.22: a limiter of another make says yes or no, and when", async () => {
    const seen: string[] = [];
    const other = foreignLimiter((key) => ({ allowed: seen.push(key) <= 2, retryAfterMs: 12_500 }));
    const [first, second, third] = await answers(`${await serve(other)}/captchas`, 3, POST);
    expect([first.status, second.status, third.status, third.retryAfter]).toEqual([201, 201, 429, 13]);
    expect(JSON.parse(third.body)).toEqual({ error: "rate_limited", retry_after: 12.5 });
    expect(seen).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  });

  test("a limiter that fails is no refusal: 503, and nothing is made", async () => {
    const url = await serve(foreignLimiter(() => Promise.reject(new Error("down"))));
    expect((await answerTo(`${url}/captchas`, POST)).status).toBe(503);
    expect(await countAt(url)).toEqual({ issued: 0, open: 0 });
  });
});
