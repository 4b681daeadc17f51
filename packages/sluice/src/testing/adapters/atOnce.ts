import { concurrency } from "../../algorithms/log/concurrency.ts";
import { mustEqual } from "../mustEqual.ts";
import type { AdapterCheck } from "./AdapterCheck.ts";
import { answersInTheEnd } from "./answersInTheEnd.ts";
import { gate, settle } from "./turns.ts";

const limits = concurrency({ limit: 1 });
const ok = { status: 200, body: "hello" };

/** What counts at once is held while a request runs, and no longer. */
export const atOnce: readonly AdapterCheck[] = [
  {
    promise: "concurrency: held until the answer, refused meanwhile with Retry-After, and given back",
    async hold({ serve }) {
      const [arrived, later] = [gate(), gate()];
      const endpoint = await serve({ limits }, (path) =>
        path === "/slow" ? (arrived.open(), later.promise.then(() => ok)) : ok,
      );
      const slow = endpoint.send({ target: "/slow" });
      await arrived.promise;
      const refused = await endpoint.send();
      later.open();
      mustEqual("the answer", [(await slow).status, (await slow).body], [200, "hello"]);
      mustEqual("meanwhile", [refused.status, refused.headers["retry-after"]], [429, "1"]);
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
    },
  },
  {
    promise: "concurrency: held until a stream has ended, given back then",
    async hold({ serve }) {
      const [started, later] = [gate(), gate()];
      const endpoint = await serve({ limits }, (path) => ({
        status: 200,
        body: path === "/stream" ? pieces(started.open, later.promise) : "hello",
      }));
      const stream = endpoint.send({ target: "/stream" });
      await started.promise;
      for (let i = 0; i < 20; i++) await settle();
      const { status } = await endpoint.send();
      later.open();
      mustEqual("the whole", (await stream).body, "one two");
      mustEqual("in the middle of it", status, 429);
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
    },
  },
  {
    promise: "concurrency: given back when a handler has thrown",
    async hold({ serve }) {
      const endpoint = await serve({ limits }, (path) =>
        settle().then(() => {
          if (path === "/throw") throw new Error("a secret cause");
          return ok;
        }),
      );
      mustEqual("the answer", (await endpoint.send({ target: "/throw" })).status, 500);
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
    },
  },
  {
    promise: "concurrency: given back when a client goes away before its answer",
    async hold({ serve }) {
      const [arrived, later] = [gate(), gate()];
      const endpoint = await serve({ limits }, (path) =>
        path === "/" ? (arrived.open(), later.promise.then(() => ok)) : ok,
      );
      const leave = endpoint.start();
      await arrived.promise;
      const { status } = await endpoint.send({ target: "/else" });
      await leave();
      mustEqual("meanwhile", status, 429);
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
      later.open();
    },
  },
  {
    promise:
      "concurrency: given back, each of them, when a client that did not wait for its answers goes away",
    async hold({ serve }) {
      const [arrived, later] = [gate(), gate()];
      const endpoint = await serve({ limits, identify: ({ target }) => target }, (path) =>
        path === "/first" ? (arrived.open(), later.promise.then(() => ok)) : ok,
      );
      const leave = endpoint.start("/first", "/second");
      await arrived.promise;
      for (let i = 0; i < 20; i++) await settle();
      await leave();
      mustEqual("whether the second came back", await answersInTheEnd(endpoint, 200, "/second"), true);
      later.open();
      mustEqual("whether the first came back", await answersInTheEnd(endpoint, 200, "/first"), true);
    },
  },
  {
    promise: "concurrency: given back when a client goes away in the middle of a stream",
    async hold({ serve }) {
      const [started, later] = [gate(), gate()];
      const endpoint = await serve({ limits }, (path) => ({
        status: 200,
        body: path === "/" ? pieces(started.open, later.promise) : "hello",
      }));
      const leave = endpoint.start();
      await started.promise;
      await leave();
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
      later.open();
    },
  },
  {
    promise: "concurrency: 20 at once on limit 3: exactly 3 pass",
    async hold({ serve }) {
      // Those that pass wait until all have been seen, here or there.
      const all = gate();
      let seen = 0;
      const see = () => void (++seen === 20 && all.open());
      const handler = () => (see(), all.promise.then(() => ok));
      const endpoint = await serve({ limits: concurrency({ limit: 3 }) }, handler);
      const sent = Array.from({ length: 20 }, async () => {
        const { status } = await endpoint.send();
        if (status !== 200) see();
        return status;
      });
      const statuses = await Promise.all(sent);
      mustEqual("how many passed", statuses.filter((status) => status === 200).length, 3);
      mustEqual("whether it came back", await answersInTheEnd(endpoint, 200), true);
    },
  },
];

async function* pieces(started: () => void, later: Promise<void>): AsyncGenerator<string> {
  yield "one ";
  started();
  await later;
  yield "two";
}
