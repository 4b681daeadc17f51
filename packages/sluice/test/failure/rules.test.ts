import { guard, type LimiterEvent, type Rule } from "sluice";
import { expect, onTestFinished, test, vi } from "vitest";
import { request } from "../guard/ask.ts";
import { DOWN, faultyStore } from "./faultyStore.ts";

test("a rule like a login fails closed while the rest fails open, and each says so once", async () => {
  const store = faultyStore();
  const events: LimiterEvent[] = [];
  const { check } = guard({
    rules: [{ path: "/login", limits: "5/m", onStoreError: "closed", timeoutMs: 20 }, { limits: "100/m" }],
    onStoreError: "open",
    store,
    onEvent: (event) => events.push(event),
  });
  store.fault = DOWN;
  const login = await check(request("GET /login"));
  expect(login.reply?.status).toBe(503);
  expect(login.reply?.headers).toContainEqual(["Retry-After", "1"]);
  expect(login.reply?.headers).toContainEqual(["Cache-Control", "no-store"]);
  expect(JSON.parse(login.reply!.body)).toMatchObject({
    type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
    status: 503,
  });
  const page = await check(request("GET /page"));
  expect(page).toMatchObject({
    reply: undefined,
    headers: [],
    decided: [{ decision: { degraded: "open" } }],
  });
  expect(events).toMatchObject([
    { type: "degraded", limiter: "* /login", degraded: "closed" },
    { type: "degraded", limiter: "* /**", degraded: "open" },
  ]);
});

test("an outage is told once, and its end, also if the rules change meanwhile", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const store = faultyStore();
  const events: LimiterEvent[] = [];
  let change = (_: readonly Rule[]): void => {};
  const { check } = guard({
    rules: {
      current: [{ path: "/a", limits: "5/m" }],
      listen({ changed }) {
        change = changed;
        return () => {};
      },
    },
    store,
    onEvent: (event) => events.push(event),
  });
  store.fault = DOWN;
  await check(request("GET /a"));
  change([
    { path: "/b", limits: "5/m" },
    { path: "/a", limits: "6/m" },
  ]);
  await check(request("GET /a"));
  change([{ path: "/a", limits: "7/m" }]);
  store.fault = undefined;
  vi.advanceTimersByTime(1000);
  await check(request("GET /a"));
  await check(request("GET /a"));
  expect(events).toMatchObject([
    { limiter: "* /a", degraded: "local" },
    { limiter: "* /a", degraded: false },
  ]);
});

test("rules that share a pool share it while the store fails", async () => {
  const store = faultyStore();
  const { check } = guard({
    rules: [
      { path: "/a", limits: "2/d", pool: "both" },
      { path: "/b", limits: "2/d", pool: "both" },
    ],
    store,
    onEvent: () => {},
  });
  store.fault = DOWN;
  const replies = [];
  for (const target of ["/a", "/b", "/a", "/b"])
    replies.push((await check(request(`GET ${target}`))).reply?.status);
  expect(replies).toEqual([undefined, undefined, 429, 429]);
});

test("a wrong policy of a rule is refused by its place", () => {
  expect(() => guard({ rules: [{ limits: "1/s", onStoreError: "opne" as "open" }] })).toThrow(
    /rules\[0\] onStoreError must be "local", "open", "closed", "throw", not "opne"/,
  );
});
