import type { GuardOptions } from "../../guard/GuardOptions.ts";
import { memoryStore } from "../../stores/memory/memoryStore.ts";
import { mustEqual } from "../mustEqual.ts";
import type { AdapterCheck, AdapterCheckContext } from "./AdapterCheck.ts";
import { members } from "./members.ts";
import { gate, settle } from "./turns.ts";

const failure = new Error("a secret cause");
const throwing = (): never => {
  throw failure;
};

/** What goes wrong, in the store, in functions of the application, in its handler and in its clients. */
export const failures: readonly AdapterCheck[] = [
  {
    promise: "a store that was closed is 503, and the handler does not run",
    async hold({ serve }) {
      let runs = 0;
      const store = memoryStore();
      const { send } = await serve({ limits: "5/m", store }, () => ({ body: `${++runs}` }));
      mustEqual("before", (await send()).status, 200);
      await store.close();
      mustEqual("after", [(await send()).status, runs], [503, 1]);
    },
  },
  ...(["identify", "cost", "skip"] as const).map((name) => ({
    promise: `case 56: ${name} that throws or rejects is 500, and the handler does not run`,
    async hold(context: AdapterCheckContext): Promise<void> {
      for (const broken of [throwing, () => Promise.reject(failure), () => settle().then(throwing)])
        await isRefusedWith500(context, { limits: "5/m", [name]: broken });
    },
  })),
  {
    promise: "case 56: what is thrown need not be an error, nor anything: 500, and the handler does not run",
    async hold(context) {
      for (const thrown of [undefined, null, 0, "", "route", "router", true])
        await isRefusedWith500(context, { limits: "5/m", identify: () => Promise.reject(thrown) });
    },
  },
  {
    promise: "case 56: onLimit that throws, or answers what cannot be sent, is 500",
    async hold({ serve }) {
      const bad = { status: 429, headers: [["X-A", "line\r\nbreak"]], body: "" };
      for (const onLimit of [throwing, () => "no", () => bad]) {
        const { send } = await serve({ limits: "1/m", onLimit: onLimit as never });
        mustEqual("within the limit", (await send()).status, 200);
        mustEqual("over it", (await send()).status, 500);
      }
    },
  },
  {
    promise: "a handler's own error stays its own: the framework answers it, and it was counted",
    async hold({ serve }) {
      const { send } = await serve({ limits: "2/m" }, () => settle().then(throwing));
      mustEqual("first", (await send()).status, 500);
      mustEqual("second", (await send()).status, 500);
      mustEqual("third", (await send()).status, 429);
    },
  },
  {
    promise: "a client that goes away while it waits is no trouble",
    async hold({ serve }) {
      const later = gate();
      let arrived = gate();
      const { send, start } = await serve({
        limits: "9/m",
        identify: () => (arrived.open(), later.promise.then(() => "ann")),
      });
      for (let i = 0; i < 5; i++) {
        arrived = gate();
        const leave = start();
        await arrived.promise;
        await leave();
      }
      later.open();
      await settle();
      mustEqual("what remains of 9", members(await send(), "ratelimit")[0]?.r, 3);
    },
  },
];

async function isRefusedWith500({ serve }: AdapterCheckContext, options: GuardOptions): Promise<void> {
  let runs = 0;
  const { send } = await serve(options, () => ({ body: `${++runs}` }));
  mustEqual("status, and runs of the handler", [(await send()).status, runs], [500, 0]);
}
