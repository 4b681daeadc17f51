import { decisionsOf } from "../../guard/decisionsOf.ts";
import type { RequestInfo } from "../../identity/RequestInfo.ts";
import type { Decision } from "../../limiter/Decision.ts";
import { mustEqual } from "../mustEqual.ts";
import type { AdapterCheck } from "./AdapterCheck.ts";
import { answersInTheEnd } from "./answersInTheEnd.ts";
import { gate, settle } from "./turns.ts";

const byPath = (path: string): { status: number } => ({ status: Number(path.slice(1)) });

const byKey = ({ header }: RequestInfo): string => header("x-key") ?? "ann";

/** Which answers are counted, and what a handler sees of the decisions. */
export const answersCounted: readonly AdapterCheck[] = [
  {
    promise: `countOnly "failed": answers of 400 and more are counted, others are not`,
    async hold({ serve }) {
      const { send } = await serve({ limits: "3/m", countOnly: "failed" }, byPath);
      for (const path of ["/200", "/404", "/204", "/304", "/500", "/200", "/401"])
        mustEqual(path, (await send({ target: path })).status, Number(path.slice(1)));
      mustEqual("after three that failed", (await send({ target: "/200" })).status, 429);
    },
  },
  {
    promise: `countOnly "successful": answers below 400 are counted, others are not`,
    async hold({ serve }) {
      const { send } = await serve({ limits: "3/m", countOnly: "successful" }, byPath);
      for (const path of ["/404", "/200", "/500", "/204", "/404", "/304"])
        mustEqual(path, (await send({ target: path })).status, Number(path.slice(1)));
      mustEqual("after three that succeeded", (await send({ target: "/404" })).status, 429);
    },
  },
  {
    promise: "countOnly: a handler that throws has failed",
    async hold({ serve }) {
      const { send } = await serve({ limits: "1/m", countOnly: "failed" }, () =>
        settle().then(() => {
          throw new Error("a secret cause");
        }),
      );
      mustEqual("first", (await send()).status, 500);
      mustEqual("second", (await send()).status, 429);
    },
  },
  {
    promise: "countOnly: a client that goes away before its answer has failed",
    async hold({ serve }) {
      const arrived = gate();
      const later = gate();
      const handler = (path: string) =>
        path === "/" ? (arrived.open(), later.promise.then(() => ({ status: 200 }))) : { status: 200 };
      const endpoint = await serve({ limits: "1/m", countOnly: "failed" }, handler);
      const leave = endpoint.start();
      await arrived.promise;
      await leave();
      for (let i = 0; i < 20; i++) await settle();
      later.open();
      mustEqual("whether it was counted in the end", await answersInTheEnd(endpoint, 429), true);
    },
  },
  {
    promise: "countOnly: two guards each count once, whichever answers they count",
    async hold({ serve }) {
      const { send } = await serve(
        [
          { limits: "2/m", countOnly: "failed" },
          { limits: "3/m", countOnly: "successful" },
        ],
        byPath,
      );
      for (const path of ["/200", "/404", "/200", "/404"])
        mustEqual(path, (await send({ target: path })).status, Number(path.slice(1)));
      mustEqual("after two that failed", (await send({ target: "/200" })).status, 429);
    },
  },
  {
    promise: `onLimit "pass": the handler answers, and decisionsOf tells it of the refusal`,
    async hold({ serve }) {
      let native: unknown;
      let seen: readonly Decision[] = [];
      const identify = (request: { readonly native: unknown }): string => ((native = request.native), "ann");
      const { send } = await serve({ limits: "1/m", identify, onLimit: "pass" }, () => {
        seen = decisionsOf(native as object);
        return { status: 203 };
      });
      for (const allowed of [true, false]) {
        const { status, headers } = await send();
        mustEqual("status", status, 203);
        mustEqual(
          "what the handler sees",
          seen.map((decision) => decision.allowed),
          [allowed],
        );
        mustEqual("Retry-After", headers["retry-after"], undefined);
        mustEqual("Cache-Control", headers["cache-control"], undefined);
        mustEqual("fields", "ratelimit" in headers, true);
      }
    },
  },
  {
    promise: "a client on the deny list is refused with 403, one on the allow list is not counted",
    async hold({ serve }) {
      const { send } = await serve({
        rules: [{ limits: "1/m", deny: { keys: ["eve"] }, allow: { keys: ["bob"] } }],
        identify: byKey,
      });
      for (const [key, promised] of [
        ["bob", 200],
        ["bob", 200],
        ["eve", 403],
        ["ann", 200],
        ["ann", 429],
        ["bob", 200],
      ] as const) {
        const { status, headers } = await send({ headers: { "X-Key": key } });
        mustEqual(key, status, promised);
        mustEqual("whether limits are told", "ratelimit" in headers, key === "ann");
      }
    },
  },
];
