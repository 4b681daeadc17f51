import { expect, onTestFinished, test, vi } from "vitest";

const forbidden = () => {
  throw new Error("Disallowed operation called within global scope");
};

test("nothing is drawn, timed or fetched at the top of a module: Cloudflare Workers forbid it there", async () => {
  const calls = [
    vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation(forbidden),
    vi.spyOn(globalThis.crypto, "randomUUID").mockImplementation(forbidden),
    vi.spyOn(globalThis, "setTimeout").mockImplementation(forbidden),
    vi.spyOn(globalThis, "setInterval").mockImplementation(forbidden),
  ];
  onTestFinished(() => calls.forEach((call) => call.mockRestore()));
  vi.resetModules();
  const { rateLimiter, memoryStore } = await import("sluice");
  const { rateLimit: forFetch } = await import("sluice/fetch");
  const { rateLimit: forHono } = await import("sluice/hono");
  const remoteAddress = () => "203.0.113.9";
  const limiter = rateLimiter({ limits: ["100/m", "1000/d"], store: memoryStore() });
  const handler = forFetch({ limits: "1/m", remoteAddress })(() => new Response("hello"));
  forHono({ limits: "1/m", remoteAddress });
  for (const call of calls) call.mockRestore();
  expect((await limiter.consume("ann")).allowed).toBe(true);
  expect((await handler(new Request("http://h/"))).status).toBe(200);
  expect((await handler(new Request("http://h/"))).status).toBe(429);
});
