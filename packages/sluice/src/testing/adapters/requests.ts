import type { GuardOptions } from "../../guard/GuardOptions.ts";
import { mustEqual } from "../mustEqual.ts";
import { mustHold } from "../mustHold.ts";
import type { AdapterCheck } from "./AdapterCheck.ts";
import { members } from "./members.ts";
import { settle } from "./turns.ts";

/** Which requests are counted, by which rule, and what their bodies do. */
export const requests: readonly AdapterCheck[] = [
  {
    promise: "case 31: HEAD shares the counter of GET, and has the fields without a body",
    async hold({ serve }) {
      const { send } = await serve({ rules: [{ path: "/a", method: "GET", limits: "2/m" }] });
      const head = await send({ method: "HEAD", target: "/a" });
      mustEqual("HEAD", [head.status, head.body, members(head, "ratelimit")[0]?.r], [200, "", 1]);
      mustEqual("GET", (await send({ target: "/a" })).status, 200);
      const refused = await send({ method: "HEAD", target: "/a" });
      mustEqual("a refused HEAD", [refused.status, refused.body], [429, ""]);
      mustHold(/^[1-9]\d*$/.test(String(refused.headers["retry-after"])), () => "it has no Retry-After");
    },
  },
  {
    promise: "case 31: X-HTTP-Method-Override is not read",
    async hold({ serve }) {
      const { send } = await serve({ rules: [{ method: "POST", limits: "1/m" }] });
      const headers = { "X-HTTP-Method-Override": "GET" };
      mustEqual("first", (await send({ method: "POST", headers })).status, 200);
      mustEqual("second", (await send({ method: "POST", headers })).status, 429);
      mustEqual("GET", (await send()).status, 200);
    },
  },
  {
    promise: "case 33: broken paths fall to the rule for every path",
    async hold({ serve, answersItself }) {
      const broken = ["/%E0%A4%A", "/%", "/%00", `/${"a".repeat(15_000)}`];
      const asked = broken.filter((target) => !answersItself.includes(target));
      const { send } = await serve({ limits: `${asked.length}/m` });
      for (const target of asked) {
        const { headers } = await send({ target });
        mustHold(headers["ratelimit"] !== undefined, () => `nothing was told of ${target.slice(0, 20)}`);
      }
      mustEqual("status of /", (await send()).status, 429);
      for (const target of answersItself) {
        const { status } = await send({ target });
        mustHold(status >= 400 && status < 429, () => `${target} is answered with ${status}, by whom?`);
      }
    },
  },
  {
    promise: "query and host do not matter to a rule",
    async hold({ serve }) {
      const { send } = await serve({ rules: [{ path: "/login", limits: "3/m" }] });
      for (const target of ["/login?x=1", "/login?/../a", "http://evil.test/login"])
        mustEqual(target, (await send({ target })).status, 200);
      mustEqual("the fourth", (await send({ target: "/login" })).status, 429);
      mustEqual("another path", (await send({ target: "/log" })).status, 200);
    },
  },
  {
    promise: "functions are given method and target as the client sent them",
    async hold({ serve }) {
      const given: string[] = [];
      const skip: GuardOptions["skip"] = ({ method, target }) => given.push(`${method} ${target}`) === 0;
      const { send } = await serve({ limits: "9/m", skip });
      await send({ target: "/Search?q=a%20b&r=/" });
      await send({ method: "POST", target: "/?a" });
      mustEqual("given", given, ["GET /Search?q=a%20b&r=/", "POST /?a"]);
    },
  },
  {
    promise: "answers of every status are counted",
    async hold({ serve }) {
      const { send } = await serve({ limits: "4/m" }, (path) => ({ status: Number(path.slice(1)) }));
      for (const promised of [404, 304, 204, 500]) {
        const { status, headers } = await send({ target: `/${promised}` });
        mustEqual("status, and whether it is told", [status, "ratelimit" in headers], [promised, true]);
      }
      mustEqual("the fifth", (await send({ target: "/404" })).status, 429);
    },
  },
  {
    promise: "preflights and methods that nobody knows are counted",
    async hold({ serve }) {
      const { send } = await serve({ limits: "2/m" });
      const preflight = { Origin: "http://a.test", "Access-Control-Request-Method": "PUT" };
      const answered = await send({ method: "OPTIONS", headers: preflight });
      mustEqual("what remains after a preflight", members(answered, "ratelimit")[0]?.r, 1);
      mustEqual(
        "what remains after PROPFIND",
        members(await send({ method: "PROPFIND" }), "ratelimit")[0]?.r,
        0,
      );
      mustEqual("the third", (await send()).status, 429);
    },
  },
  {
    promise: "an upgrade that nobody takes is a request like any other",
    async hold({ serve }) {
      const { send } = await serve({ limits: "1/m" });
      const headers = { Connection: "Upgrade", Upgrade: "websocket" };
      mustEqual("what remains", members(await send({ headers }), "ratelimit")[0]?.r, 0);
      mustEqual("the second", (await send({ headers })).status, 429);
    },
  },
  {
    promise: "a refusal leaves the connection in order, also after a body that nobody read",
    async hold({ serve }) {
      const { send } = await serve({ limits: "1/m" });
      await send();
      mustEqual("a long body", (await send({ method: "POST", body: "x".repeat(1_000_000) })).status, 429);
      mustEqual("a short one", (await send({ method: "POST", body: "y" })).status, 429);
    },
  },
  {
    promise: "a streamed answer arrives whole",
    async hold({ serve }) {
      const { send } = await serve({ limits: "9/m" }, () => ({ body: pieces(50) }));
      const { headers, body } = await send();
      const whole = Array.from({ length: 50 }, (_, i) => `piece ${i}\n`).join("");
      mustEqual("the body, and whether it is told", [body, "ratelimit" in headers], [whole, true]);
    },
  },
  {
    promise: "case 36: a guard that is mounted twice counts a request once, and warns once",
    async hold({ serve }) {
      const codes: string[] = [];
      const options: GuardOptions = { limits: "3/m", onWarning: ({ code }) => void codes.push(code) };
      const { send } = await serve(options, undefined, { mounts: 2 });
      for (const left of [2, 1, 0]) {
        const answer = await send();
        const told = members(answer, "ratelimit").map(({ r }) => r);
        mustEqual("status, and what remains", [answer.status, told], [200, [left]]);
      }
      mustEqual("the fourth", (await send()).status, 429);
      mustEqual("warnings", codes, ["MOUNTED_TWICE"]);
    },
  },
];

async function* pieces(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) {
    await settle();
    yield `piece ${i}\n`;
  }
}
