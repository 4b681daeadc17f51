import {
  type GuardOptions,
  LimitsError,
  memoryStore,
  type Passage,
  type Refusal,
  type Reply,
  StoreError,
} from "sluice";
import { describe, expect, test, vi } from "vitest";
import { errorReply } from "../../src/guard/errorReply.ts";
import { refusalReply } from "../../src/guard/refusalReply.ts";
import { IdentityError } from "../../src/errors/IdentityError.ts";
import { testGuard } from "./ask.ts";

test("a refusal is 429 with the fields and the problem body", async () => {
  const guarded = testGuard({ limits: "1/m" });
  await guarded.ask("GET /");
  const { reply } = await guarded.ask("GET /");
  expect(reply?.status).toBe(429);
  expect(reply?.headers).toEqual([
    ["RateLimit-Policy", '"default";q=1;w=60'],
    ["RateLimit", '"default";r=0;t=60'],
    ["Retry-After", "120"],
    ["Cache-Control", "no-store"],
    ["Content-Type", "application/problem+json"],
  ]);
  expect(JSON.parse(reply!.body)).toEqual({
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    title: "Request cannot be satisfied as assigned quota has been exceeded",
    status: 429,
    "violated-policies": ["default"],
  });
});

test("headers, partitionKey and exposeHeaders are those of the options", async () => {
  const { headers } = await testGuard({ limits: "9/m", headers: "legacy" }).ask("GET /");
  expect(headers.map(([name]) => name)).toEqual([
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
  ]);
  const { headers: keyed } = await testGuard({ limits: "9/m", partitionKey: true }).ask("GET /");
  expect(new Map(keyed).get("RateLimit")).toMatch(/;pk=:[A-Za-z0-9+/]{22}==:$/);
});

test("case 13: exposeHeaders lists the fields and Retry-After, on every answer", async () => {
  const guarded = testGuard({ limits: "1/m", exposeHeaders: true });
  const exposed = "Retry-After, RateLimit-Policy, RateLimit";
  const { headers } = await guarded.ask("GET /");
  expect(new Map(headers).get("Access-Control-Expose-Headers")).toBe(exposed);
  const { reply } = await guarded.ask("GET /");
  expect(new Map(reply!.headers).get("Access-Control-Expose-Headers")).toBe(exposed);
});

async function limited(onLimit: GuardOptions["onLimit"] & object): Promise<Passage> {
  const guarded = testGuard({ limits: "1/m", onLimit });
  await guarded.ask("GET /");
  return guarded.ask("GET /x", { key: "ann" });
}

describe("onLimit", () => {
  test("is told the request, the identity, the decisions and the reply that is ready", async () => {
    const onLimit = vi.fn<(refusal: Refusal) => undefined>();
    const { reply } = await limited(onLimit);
    expect(reply?.status).toBe(429);
    const [{ request, identity, decisions, reply: ready }] = onLimit.mock.calls[0];
    expect(request.target).toBe("/x");
    expect(identity).toEqual({ key: "ann", group: "default" });
    expect(decisions.map(({ allowed }) => allowed)).toEqual([false]);
    expect(ready).toEqual(reply);
    expect(onLimit).toHaveBeenCalledTimes(1);
  });

  test("S3.30: another reply is sent as it is", async () => {
    const other: Reply = { status: 503, headers: [["X-A", "b"]], body: "busy" };
    expect((await limited(() => other)).reply).toEqual(other);
    expect((await limited(async ({ reply }) => ({ ...reply, status: 403 }))).reply?.status).toBe(403);
  });

  const wrong: unknown[] = [
    true,
    "no",
    new Response("no"),
    { status: 429 },
    { status: "429", headers: [], body: "" },
    { status: 99, headers: [], body: "" },
    { status: 429, headers: { a: 1 }, body: "" },
    { status: 429, headers: [["a"]], body: "" },
    { status: 429, headers: [], body: null },
  ];
  test.each(wrong)("case 56: %o is no reply: an error, and the request does not pass", async (answer) => {
    await expect(limited(() => answer as Reply)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", path: "onLimit" }) as Error,
    );
  });

  test("case 56: that throws or rejects is an error, and the request does not pass", async () => {
    const failure = new Error("no");
    await expect(limited(() => Promise.reject(failure))).rejects.toBe(failure);
    await expect(
      limited(() => {
        throw failure;
      }),
    ).rejects.toBe(failure);
  });
});

test("a store that fails rejects, whatever the request", async () => {
  const store = memoryStore();
  const guarded = testGuard({ store, limits: "1/m" });
  await store.close();
  await expect(guarded.ask("GET /")).rejects.toThrow(StoreError);
});

test("case 42: a decision that failed closed is 503 with Retry-After, not 429", async () => {
  const { decided } = await testGuard({ limits: "1/m" }).ask("GET /");
  const closed = {
    ...decided[0].decision,
    allowed: false,
    degraded: "closed" as const,
    reason: "store-error" as const,
  };
  const reply = refusalReply(closed, [["Retry-After", "1"]]);
  expect(reply.status).toBe(503);
  expect(JSON.parse(reply.body)).toMatchObject({
    type: expect.stringMatching(/#temporary-reduced-capacity$/),
  });
});

test("errors are told to clients without their cause", () => {
  const secret = new Error("redis://:password@10.0.0.1 refused");
  expect(errorReply(secret)).toEqual({
    status: 500,
    headers: [
      ["Cache-Control", "no-store"],
      ["Content-Type", "application/problem+json"],
    ],
    body: '{"type":"about:blank","title":"Internal Server Error","status":500}',
  });
  expect(errorReply(new IdentityError("INVALID_IDENTITY", "two lines", 400)).status).toBe(400);
  const unavailable = [
    new StoreError("STORE_FAILED", "no", secret),
    new LimitsError("LIMITS_FAILED", "no", secret),
  ];
  for (const error of unavailable)
    expect(errorReply(error)).toMatchObject({
      status: 503,
      headers: expect.arrayContaining([["Retry-After", "1"]]),
    });
});
