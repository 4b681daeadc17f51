import { type DecisionEvent, eventStream, fixedWindow, login, type SluiceEvent } from "sluice";
import { expect, test } from "vitest";
import { fromTest, request, testGuard } from "./ask.ts";

/** A stream, and the decisions that it has told. */
function decisions(): { events: ReturnType<typeof eventStream>; told: DecisionEvent[] } {
  const events = eventStream();
  const told: DecisionEvent[] = [];
  events.on("decision", (event) => told.push(event));
  return { events, told };
}

/** What matters of it. */
const short = ({ limiter, dryRun, decision: { key, allowed, reason } }: DecisionEvent) => [
  limiter,
  key,
  allowed,
  reason,
  dryRun,
];

test("each request is told by the text of the rule that decided it", async () => {
  const { events, told } = decisions();
  const guard = testGuard({
    events,
    rules: [{ path: "/login", method: "POST", limits: "1/m" }, { path: "/free" }, { limits: "5/m" }],
  });
  await guard.ask("POST /login");
  await guard.ask("POST /login");
  await guard.ask("GET /free");
  await guard.ask("GET /", { key: "bob" });
  expect(told.map(short)).toEqual([
    ["POST /login", "ann", true, "ok", false],
    ["POST /login", "ann", false, "limited", false],
    ["* /**", "bob", true, "ok", false],
  ]);
  expect(told.every(({ latencyMs }) => typeof latencyMs === "number")).toBe(true);
});

test("a dry run and a deny list are told as what they are", async () => {
  const { events, told } = decisions();
  const guard = testGuard({
    events,
    rules: [
      { path: "/try", limits: "1/m", dryRun: true, deny: { keys: ["eve"] } },
      { limits: "1/m", deny: { keys: ["eve"] }, allow: { keys: ["root"] } },
    ],
  });
  await guard.ask("GET /try");
  await guard.ask("GET /try");
  await guard.ask("GET /", { key: "eve" });
  await guard.ask("GET /", { key: "root" });
  await guard.ask("GET /try", { key: "eve" });
  expect(told.map(short)).toEqual([
    ["* /try", "ann", true, "ok", true],
    ["* /try", "ann", false, "limited", true],
    ["* /**", "eve", false, "denied", false],
    ["* /try", "eve", false, "denied", true],
  ]);
  expect(told[2].latencyMs).toBeUndefined();
});

test("a rule that counts by the answer is told once for each request, however often it asks", async () => {
  const { events, told } = decisions();
  const guard = testGuard({
    events,
    rules: [
      { path: "/a", limits: fixedWindow({ limit: 1, window: "1m" }), countOnly: "failed" },
      { path: "/b", limits: fixedWindow({ limit: 1, window: "1m" }), countOnly: "failed", blockFor: "1h" },
    ],
  });
  for (const path of ["/a", "/b"]) {
    const first = await guard.ask(`GET ${path}`);
    const second = await guard.ask(`GET ${path}`);
    await Promise.all([first.answered?.(500), second.answered?.(500)]);
    expect(await guard.status(`GET ${path}`)).toBe(429);
  }
  expect(told.map(short)).toEqual([
    ["* /a", "ann", true, "ok", false],
    ["* /a", "ann", true, "ok", false],
    ["* /a", "ann", false, "limited", false],
    ["* /b", "ann", true, "ok", false],
    ["* /b", "ann", true, "ok", false],
    ["* /b", "ann", false, "blocked", false],
  ]);
  expect(told.every(({ latencyMs }) => typeof latencyMs === "number")).toBe(true);
});

test("further guards tell the same stream, unless they have one of their own", async () => {
  const { events, told } = decisions();
  const other = decisions();
  const guard = testGuard({
    events,
    limits: "9/m",
    also: [
      { identify: fromTest, limits: "8/m" },
      { identify: fromTest, limits: "7/m", events: other.events },
    ],
  });
  await guard.ask("GET /");
  expect(told.map(({ decision: { limit } }) => limit)).toEqual([9, 8]);
  expect(other.told.map(({ decision: { limit } }) => limit)).toEqual([7]);
});

test("programs that charge a rule are told, too", async () => {
  const { events, told } = decisions();
  const guard = testGuard({ events, limits: "9/m" });
  await guard.rules[0].consume("ann", 2, "/");
  expect(told).toMatchObject([{ limiter: "* /**", decision: { cost: 2 } }]);
});

test("warnings of a guard and of a login go to the stream", async () => {
  const events = eventStream();
  const told: SluiceEvent[] = [];
  events.on("warning", (event) => told.push(event));
  const guard = testGuard({ events, limits: "9/m", onWarning: () => {} });
  const native = { key: "ann", group: "default" };
  await guard.ask("GET /", { native });
  await guard.ask("GET /", { native });
  expect(told).toMatchObject([{ type: "warning", code: "MOUNTED_TWICE" }]);
});

test("a login tells both of its rules", async () => {
  const { events, told } = decisions();
  const { options } = login({ account: () => "ann@example.com", events });
  await testGuard({ ...options, identify: fromTest }).check(request("POST /login"));
  expect(told.map(({ limiter, decision }) => [limiter, decision.limits.length])).toEqual([
    ["POST /**", 2],
    ["POST /**", 1],
  ]);
});
