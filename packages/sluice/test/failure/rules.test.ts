import { guard, type LimiterEvent } from "sluice";
import { expect, test } from "vitest";
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
