import { fixedWindow } from "../../algorithms/window/fixedWindow.ts";
import { slidingWindow } from "../../algorithms/window/slidingWindow.ts";
import { memoryStore } from "../../stores/memory/memoryStore.ts";
import { manualClock } from "../manualClock.ts";
import { mustEqual } from "../mustEqual.ts";
import { mustHold } from "../mustHold.ts";
import type { AdapterCheck, Answer } from "./AdapterCheck.ts";
import { members } from "./members.ts";

/** What is told to clients. */
export const answers: readonly AdapterCheck[] = [
  {
    promise: "case 01: a request that passes has the handler's answer and the fields",
    async hold({ serve }) {
      const { send } = await serve({ limits: "100/m" }, () => ({
        status: 201,
        headers: { "X-Own": "1", "Content-Type": "text/x" },
        body: "made",
      }));
      const { status, headers, body } = await send();
      const own = [status, body, headers["x-own"], headers["content-type"]];
      mustEqual("the handler's answer", own, [201, "made", "1", "text/x"]);
      mustEqual("RateLimit-Policy", headers["ratelimit-policy"], '"default";q=100;w=60');
      mustHold(
        /^"default";r=99;t=([1-9]|[1-5]\d|60)$/.test(String(headers["ratelimit"])),
        () => `RateLimit: ${String(headers["ratelimit"])}`,
      );
      mustEqual("Retry-After", headers["retry-after"], undefined);
      mustHold(headers["cache-control"] !== "no-store", () => "an answer that passed must not be no-store");
    },
  },
  {
    promise:
      "case 02, 08: a refusal is 429 with Retry-After, no-store and the problem, and the handler does not run",
    async hold({ serve }) {
      let runs = 0;
      const limits = slidingWindow({ limit: 1, window: 300 });
      const { send } = await serve({ limits }, () => ({ body: `${++runs}` }));
      await send();
      const { status, headers, body } = await send();
      mustEqual("status", status, 429);
      mustEqual("Retry-After", headers["retry-after"], "1");
      mustEqual("Cache-Control", headers["cache-control"], "no-store");
      mustEqual("Content-Type", headers["content-type"], "application/problem+json");
      mustEqual("status of the problem", problem(body).status, 429);
      mustEqual("violated-policies", problem(body)["violated-policies"], ["default"]);
      mustEqual("runs of the handler", runs, 1);
    },
  },
  {
    promise: "case 03: exactly at Retry-After the next request passes, and not before",
    async hold({ serve }) {
      const clock = manualClock();
      const { send } = await serve({
        limits: fixedWindow({ limit: 2, window: "1m" }),
        store: memoryStore({ clock }),
      });
      clock.advance("17s");
      await send();
      await send();
      mustEqual("Retry-After", (await send()).headers["retry-after"], "43");
      clock.advance("43s");
      clock.advanceMicroseconds(-1);
      mustEqual("status a microsecond before", (await send()).status, 429);
      clock.advanceMicroseconds(1);
      mustEqual("status then", (await send()).status, 200);
    },
  },
  {
    promise: "case 04, 05: violated policies are named, all are told",
    async hold({ serve }) {
      const clock = manualClock();
      const limits = [
        fixedWindow({ limit: 1, window: "5s", name: "burst", anchor: "first-call" }),
        fixedWindow({ limit: 2, window: "40s", name: "steady", anchor: "first-call" }),
      ];
      const { send } = await serve({ limits, store: memoryStore({ clock }) });
      await send();
      const first = await send();
      mustEqual("violated-policies", problem(first.body)["violated-policies"], ["burst"]);
      mustEqual(
        "what remains",
        members(first, "ratelimit").map(({ r }) => r),
        [0, 1],
      );
      clock.advance("5s");
      mustEqual("status after 5 s", (await send()).status, 200);
      const both = await send();
      mustEqual("Retry-After", both.headers["retry-after"], "35");
      mustEqual("policies", names(both, "ratelimit-policy"), ["burst", "steady"]);
      mustEqual("violated-policies", problem(both.body)["violated-policies"], ["burst", "steady"]);
    },
  },
  {
    promise: "case 09: two limiters on one route are told together, on answers and on refusals",
    async hold({ serve }) {
      const { send } = await serve([
        { limits: slidingWindow({ limit: 9, window: "1m", name: "outer" }) },
        { limits: slidingWindow({ limit: 1, window: "10s", name: "inner" }) },
      ]);
      for (const status of [200, 429]) {
        const answer = await send();
        mustEqual("status", answer.status, status);
        for (const field of ["ratelimit", "ratelimit-policy"] as const)
          mustEqual(field, names(answer, field), ["outer", "inner"]);
      }
    },
  },
  {
    promise: "case 09: stacked legacy fields tell the limit nearest to refusing",
    async hold({ serve }) {
      const guards = [9, 2, 5].map((limit) => ({
        limits: slidingWindow({ limit, window: "1m" }),
        headers: "legacy" as const,
      }));
      const { send } = await serve(guards);
      for (const told of [
        [200, "1", "2"],
        [200, "0", "2"],
        [429, "0", "2"],
      ]) {
        const { status, headers } = await send();
        const seen = [status, headers["x-ratelimit-remaining"], headers["x-ratelimit-limit"]];
        mustEqual("status, remaining and limit", seen, told);
      }
    },
  },
  {
    promise: "case 09: stacked legacy fields of a refusal tell the limit that refuses",
    async hold({ serve }) {
      // Of the one nothing remains either, of the other more than of the guard before it.
      for (const inner of [legacyLimit(1, "1m"), { ...legacyLimit(8, "1m"), cost: 5 }]) {
        const { send } = await serve([legacyLimit(3, "1h"), inner]);
        await send();
        await send();
        const { status, headers } = await send();
        mustEqual("status", status, 429);
        mustEqual("limit", headers["x-ratelimit-limit"], `${inner.limits.limit}`);
        mustEqual(
          "Retry-After and reset",
          [headers["retry-after"], headers["x-ratelimit-reset"]],
          ["60", "60"],
        );
      }
    },
  },
  {
    promise: "case 13: exposed fields are those, beside what the application exposes or not",
    async hold({ serve }) {
      const { send } = await serve({ limits: "1/m", exposeHeaders: true });
      for (const promised of [200, 429]) {
        const { status, headers } = await send();
        mustEqual("status", status, promised);
        const exposed = String(headers["access-control-expose-headers"]).split(", ");
        mustEqual("exposed fields", exposed, ["Retry-After", "RateLimit-Policy", "RateLimit"]);
      }
    },
  },
  {
    promise: "another reply is sent as it is, repeated fields too",
    async hold({ serve }) {
      const fields: [string, string][] = [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-A", "1"],
      ];
      const { send } = await serve({
        limits: "1/m",
        onLimit: () => ({ status: 403, headers: fields, body: "wait" }),
      });
      await send();
      const { status, headers, body } = await send();
      const seen = [status, body, headers["x-a"], headers["set-cookie"]];
      mustEqual("the reply", seen, [403, "wait", "1", ["a=1", "b=2"]]);
      mustEqual("Retry-After", headers["retry-after"], undefined);
    },
  },
  {
    promise: "another reply may be without a body",
    async hold({ serve }) {
      const { send } = await serve({
        limits: "1/m",
        onLimit: () => ({ status: 204, headers: [], body: "" }),
      });
      await send();
      const { status, body } = await send();
      mustEqual("status and body", [status, body], [204, ""]);
    },
  },
  {
    promise: "nothing is told of dry runs and of what is unlimited",
    async hold({ serve }) {
      const { send } = await serve({ rules: [{ path: "/free" }, { limits: "1/m", dryRun: true }] });
      for (const target of ["/free", "/", "/"]) {
        const { status, headers } = await send({ target });
        const told = Object.keys(headers).filter((name) => name.includes("ratelimit"));
        mustEqual(`status and fields of ${target}`, [status, told], [200, []]);
      }
    },
  },
];

function names(answer: Answer, field: "ratelimit" | "ratelimit-policy"): string[] {
  return members(answer, field).map(({ name }) => name);
}

function problem(body: string): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}

function legacyLimit(limit: number, window: "1h" | "1m") {
  const limits = fixedWindow({ limit, window, anchor: "first-call" });
  return { limits, headers: "legacy" as const, store: memoryStore({ clock: manualClock() }) };
}
