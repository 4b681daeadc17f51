import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { type Answer, answers, answerTo, statuses, untilRefused } from "../answers.ts";
import { sharedProgram, startProgram } from "../startProgram.ts";

// Most tests start a process.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const POST = { method: "POST" };
const as = (user: string) => ({ headers: { "X-User": user } });
const bodies = (seen: readonly Answer[]) => seen.map(({ body }) => body);
const atOnce = (url: string, count: number, options?: RequestInit) =>
  Promise.all(Array.from({ length: count }, () => answerTo(url, options)));
const passedOf = (seen: readonly Answer[]) => seen.filter(({ status }) => status === 200).length;

/** A folder for the file of a store. */
function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-examples-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "limits.db");
}

let prefixes = 0;
/** Counters that no other run has. */
const prefix = () => `examples ${process.pid} ${prefixes++}`;

describe("captchakit.ts", () => {
  const at = sharedProgram("from/captchakit.ts");
  test("S0.1, S0.3, S0.4, S0.5: issuing without a limiter is never refused", async () => {
    expect(await statuses(at("/unlimited"), 20, POST)).toEqual(Array.from({ length: 20 }, () => 201));
  });

  test("S0.7, S0.23, S0.24, S0.25, S0.31: five at once, then the reply of the page, and nothing is issued", async () => {
    const { passed, refusal } = await untilRefused(at("/memory"), POST);
    expect(passed).toBeGreaterThanOrEqual(5);
    const { error, retry_after } = JSON.parse(refusal.body) as { error: string; retry_after: number };
    expect([refusal.status, refusal.retryAfter, error]).toEqual([429, 1, "rate_limited"]);
    expect(retry_after > 0 && retry_after <= 1).toBe(true);
    const { passed: more } = await untilRefused(at("/memory"), POST);
    expect(more).toBeLessThan(5);
  });

  test("S0.19, S0.20, S0.21: a limiter of one's own always denies, without a hint: Retry-After is 1", async () => {
    const { status, retryAfter, body } = await answerTo(at("/denied"), POST);
    expect([status, retryAfter, JSON.parse(body)]).toEqual([
      429,
      1,
      { error: "rate_limited", retry_after: null },
    ]);
  });

  test("S0.13, S0.14, S0.15, S0.16: over Redis two processes share ten", async ({ skip }) => {
    const redis = inject("redis");
    skip(redis.url === "", redis.note);
    const env = { REDIS_URL: redis.url, PREFIX: prefix() };
    const first = await startProgram("from/captchakit.ts", env);
    const second = await startProgram("from/captchakit.ts", env);
    const { passed, refusal } = await untilRefused(`${first.url}/redis`, POST);
    expect(passed).toBeGreaterThanOrEqual(10);
    const elsewhere = await untilRefused(`${second.url}/redis`, POST);
    expect(elsewhere.passed).toBeLessThan(10);
    for (const { status, body } of [refusal, elsewhere.refusal])
      expect([status, body]).toEqual([429, expect.stringContaining("rate_limited")]);
  });
});

describe("fastapi-cap.ts", () => {
  const at = sharedProgram("from/fastapi-cap.ts");
  test("S1.5, S1.14, S1.15, S1.16: each of the six lets five pass, and then answers as the page says", async () => {
    const longest = { fixed: 60, sliding: 108, token: 20, leaky: 10, gcra: 10, log: 60 };
    for (const [strategy, seconds] of Object.entries(longest)) {
      const [, , , , fifth, sixth] = await answers(at(`/${strategy}`), 6);
      expect([strategy, fifth.status, sixth.status]).toEqual([strategy, 200, 429]);
      expect(JSON.parse(sixth.body)).toEqual({ detail: "Rate limit exceeded. Please try again later." });
      expect(sixth.headers.get("content-type")).toBe("application/json");
      expect([strategy, sixth.retryAfter >= 1 && sixth.retryAfter <= seconds]).toEqual([strategy, true]);
    }
  });

  test("S1.8, S1.9, S1.60: by address and path, and a refusal of one's own", async () => {
    const [, second, third] = await answers(at("/items/1"), 3);
    expect([second.status, third.status, third.body]).toEqual([200, 503, "busy"]);
    expect(third.headers.get("x-why")).toBe("limit");
    expect(await statuses(at("/items/2"), 1)).toEqual([200]);
  });

  test("S1.11: instead of refusing, a handler changes its response", async () => {
    const [first, second] = await answers(at("/soft"), 2);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect([first.headers.get("x-late"), second.headers.get("x-late")]).toEqual(["false", "true"]);
  });

  test("S1.7, S1.59: stacked limiters run in order, what the first refuses costs nothing of the second", async () => {
    expect(await statuses(at("/me"), 4, as("ann"))).toEqual([200, 200, 429, 429]);
    expect(await statuses(at("/me"), 2, as("bob"))).toEqual([200, 429]);
  });

  test("S1.1, S1.3, S1.12: one connection for all, and the prefix keeps applications apart", async ({
    skip,
  }) => {
    const redis = inject("redis");
    skip(redis.url === "", redis.note);
    const env = { SLUICE_STORE: redis.url, PREFIX: prefix() };
    const first = await startProgram("from/fastapi-cap.ts", env);
    const second = await startProgram("from/fastapi-cap.ts", env);
    const other = await startProgram("from/fastapi-cap.ts", { ...env, PREFIX: prefix() });
    expect(await statuses(`${first.url}/log`, 3)).toEqual([200, 200, 200]);
    expect(await statuses(`${second.url}/log`, 3)).toEqual([200, 200, 429]);
    expect(await statuses(`${other.url}/log`, 1)).toEqual([200]);
  });
});

describe("asok.ts", () => {
  const at = sharedProgram("from/asok.ts");
  const page = (seconds: number) => `<h1>429 Too Many Requests</h1><p>Retry in ${seconds}s.</p>`;

  test("S2.2, S2.3, S2.30, S2.36, S2.39: five logins a minute, then the page, Retry-After and a line in the log", async () => {
    const { url, stderr } = await startProgram("from/asok.ts");
    const seen = await answers(`${url}/login`, 6, POST);
    const { status, headers, retryAfter } = seen[5];
    expect([status, headers.get("content-type")]).toEqual([429, "text/html; charset=utf-8"]);
    const welcomes = ["welcome", "welcome", "welcome", "welcome", "welcome"];
    expect(bodies(seen)).toEqual([...welcomes, page(retryAfter)]);
    expect(retryAfter >= 1 && retryAfter <= 72).toBe(true);
    await expect.poll(stderr).toMatch(/^POST \/login ip:127\.0\.0\.1 over its limit of 5, wait \d+ s\n$/);
  });

  test("S2.10, S2.11: a hundred a minute for the whole application", async () => {
    const { url } = await startProgram("from/asok.ts");
    const { passed, refusal } = await untilRefused(`${url}/about`);
    expect(passed).toBeGreaterThanOrEqual(100);
    expect([refusal.status, refusal.body]).toEqual([429, page(refusal.retryAfter)]);
  });

  test("S2.24, S2.25, S2.26: a handler that catches the refusal answers 200, and nothing was done", async () => {
    const seen = await answers(at("/contact"), 4, POST);
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const thanks = [1, 2, 3].map((number) => `Thank you for message ${number}.`);
    expect(bodies(seen)).toEqual([...thanks, "You wrote enough for today."]);
  });

  test("S2.29, S2.37: a refusal that nobody catches is the same page", async () => {
    const [first, second] = await answers(at("/quick"), 2, POST);
    expect([first.body, second.status, second.body]).toEqual(["done", 429, page(second.retryAfter)]);
    expect(second.retryAfter).toBeGreaterThanOrEqual(1);
  });

  test("S2.14, S2.15: the environment names a file, and the next process goes on with its counters", async () => {
    const env = { SLUICE_STORE: `sqlite:${temporaryFile()}` };
    const before = await startProgram("from/asok.ts", env);
    expect(await statuses(`${before.url}/login`, 3, POST)).toEqual([200, 200, 200]);
    await before.stop();
    expect(before.stderr()).not.toContain("DEFAULT_NAMESPACE");
    const after = await startProgram("from/asok.ts", env);
    expect(await statuses(`${after.url}/login`, 3, POST)).toEqual([200, 200, 429]);
  });
});

describe("asgi-ratelimit.ts", () => {
  const secret = "the secret that examples are tested with";
  const at = sharedProgram("from/asgi-ratelimit.ts", { JWT_KEY: secret });
  test("S3.2, S3.10, S3.16, S3.29, S3.30: one a second, none for admins, and the page of on_blocked", async () => {
    const seen = await atOnce(at("/towns"), 20, as("ann"));
    const refused = seen.filter(({ status }) => status === 429);
    expect(passedOf(seen)).toBeGreaterThanOrEqual(1);
    expect(new Set(bodies(refused))).toEqual(new Set(["429 page"]));
    expect(passedOf(await atOnce(at("/towns"), 20, as("root")))).toBe(20);
  });

  test("S3.9, S3.11, S3.24, S3.28, S3.31: one a minute for each user and concrete path, else an empty 429", async () => {
    const [first, second] = await answers(at("/forests/a"), 2, as("ann"));
    expect([first.status, second.status, second.body]).toEqual([200, 429, ""]);
    expect(second.retryAfter >= 1 && second.retryAfter <= 120).toBe(true);
    expect(await statuses(at("/forests/b"), 2, as("ann"))).toEqual([200, 429]);
    expect(await statuses(at("/forests/a"), 2, as("bob"))).toEqual([200, 429]);
  });

  test("S3.19, S3.20, S3.21: several units in one rule, and more of them for admins", async () => {
    const many = async (user: string) => passedOf(await atOnce(at("/rivers"), 100, as(user)));
    const [ann, root] = [await many("ann"), await many("root")];
    expect(ann).toBeGreaterThanOrEqual(10);
    expect(root).toBeGreaterThanOrEqual(25);
    expect(ann).toBeLessThan(100);
  });

  test("S3.26, S3.27, S3.51, S3.52: over five a second is 429 for a minute, on all limited paths", async () => {
    const { url } = await startProgram("from/asgi-ratelimit.ts");
    const seen = await atOnce(`${url}/blocked`, 40, as("ann"));
    expect(passedOf(seen)).toBeGreaterThanOrEqual(5);
    expect(Math.max(...seen.map(({ retryAfter }) => retryAfter || 0))).toBe(60);
    const later = (await answers(`${url}/blocked`, 3, as("ann"))).map(({ retryAfter }) => retryAfter);
    expect(later).toEqual(later.toSorted((a, b) => b - a));
    expect(later[2] > 30 && later[2] <= 60).toBe(true);
    expect(await statuses(`${url}/forests`, 1, as("ann"))).toEqual([429]);
    expect(await statuses(`${url}/forests`, 1, as("bob"))).toEqual([200]);
  });

  test("S3.14, S3.15, S3.22, S3.23: paths of one zone share a pool, methods have rules of their own", async () => {
    expect(await statuses(at("/user/1"), 1, as("ann"))).toEqual([200]);
    expect(await statuses(at("/user/2"), 1, as("ann"))).toEqual([200]);
    expect(await statuses(at("/profile"), 2, as("ann"))).toEqual([200, 429]);
    expect(await statuses(at("/user/1"), 2, { ...POST, ...as("ann") })).toEqual([200, 429]);
  });

  test("S3.5, S3.7, S3.46, S3.47: nobody is 401 with JSON, and not asked for where nothing is limited", async () => {
    const { status, headers, body } = await answerTo(at("/forests"));
    expect([status, headers.get("content-type")]).toEqual([401, "application/json"]);
    expect(JSON.parse(body)).toEqual({ message: "Unauthorized access." });
    expect(await statuses(at("/deserts"), 3)).toEqual([200, 200, 200]);
  });

  test("S3.41, S3.42, S3.43, S3.44: user and group come from a verified token", async () => {
    const bearing = async (claims: Record<string, string>, key = secret) => {
      const token = new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).setExpirationTime("5m");
      return { headers: { Authorization: `Bearer ${await token.sign(new TextEncoder().encode(key))}` } };
    };
    expect(await statuses(at("/forests"), 2, await bearing({ user: "eve" }))).toEqual([200, 429]);
    const admin = { user: "kim", group: "admin" };
    expect(await statuses(at("/forests"), 3, await bearing(admin))).toEqual([200, 200, 200]);
    const forged = await bearing(admin, "another secret of more than 32 letters");
    expect(await statuses(at("/forests"), 1, forged)).toEqual([401]);
  });
});

describe("smart-ratelimiter.ts", () => {
  const at = sharedProgram("from/smart-ratelimiter.ts");
  const reset = ({ headers }: Answer) => Number(headers.get("x-ratelimit-reset"));
  const told = ({ headers }: Answer) =>
    ["x-ratelimit-limit", "x-ratelimit-remaining", "retry-after"].map((name) => headers.get(name));

  test("S4.54, S4.55, S4.56, S4.90: X-RateLimit fields on every answer, 429 with JSON and Retry-After", async () => {
    const [first, second, third, fourth] = await answers(at("/"), 4);
    expect([told(first), told(second), told(third)]).toEqual([
      ["3", "2", null],
      ["3", "1", null],
      ["3", "0", null],
    ]);
    expect([fourth.status, JSON.parse(fourth.body)]).toEqual([429, { error: "rate limit exceeded" }]);
    expect(told(fourth)).toEqual(["3", "0", `${fourth.retryAfter}`]);
    expect(fourth.retryAfter >= 1 && fourth.retryAfter <= 60).toBe(true);
    for (const answer of [first, fourth]) expect(reset(answer) >= 1 && reset(answer) <= 60).toBe(true);
  });

  test("S4.44, S4.58, S4.60: cost and limits by route, by API key, else by address", async () => {
    const bearing = (key: string) => ({ headers: { "X-API-Key": key } });
    expect(await statuses(at("/search"), 3, bearing("abc"))).toEqual([200, 200, 429]);
    expect(await statuses(at("/search"), 3)).toEqual([200, 200, 429]);
    expect(await statuses(at("/search"), 1, bearing(""))).toEqual([429]);
  });

  test("S4.43, S4.45: a limited function is not called when it is refused, and answers undefined", async () => {
    const seen = bodies(await answers(at("/jobs/notify"), 3));
    expect(seen).toEqual(["mail to ann", "mail to ann", "not again so soon"]);
  });

  test("S4.21, S4.22, S4.47, S4.50: an adaptive limit around a block, which throws when it is over", async () => {
    const { passed, refusal } = await untilRefused(at("/jobs/run"));
    expect(passed).toBe(8);
    expect([refusal.status, refusal.body]).toEqual([
      429,
      expect.stringMatching(/^rate limit exceeded for "tenant:acme": retry after [\d.]+ ms$/),
    ]);
    expect(refusal.retryAfter).toBeGreaterThanOrEqual(1);
  });

  test("S4.6, S4.40: what was spent is in a SQLite file, and stays over a restart", async () => {
    const env = { DB_PATH: temporaryFile() };
    const before = await startProgram("from/smart-ratelimiter.ts", env);
    expect(await statuses(before.url, 2)).toEqual([200, 200]);
    await before.stop();
    expect(before.stderr()).not.toContain("DEFAULT_NAMESPACE");
    const after = await startProgram("from/smart-ratelimiter.ts", env);
    expect(await statuses(after.url, 2)).toEqual([200, 429]);
  });
});
