import { fixedWindow } from "sluice";
import { describe, expect, inject, test } from "vitest";
import { until } from "../../../../test/services/until.ts";
import { recommendedClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, isAnswered, type Outcome } from "./outcome.ts";
import { tcpProxy } from "./tcpProxy.ts";
import { freshNamespace, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const { url, note } = inject("redis");
const FLAPS = 3;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

/** Asks for one key seven times in each state of a server that comes and goes. */
async function whatComesOf(connect: (typeof recommendedClients)[string]) {
  const proxy = await tcpProxy(url);
  const { client, ready } = connect(proxy.url);
  await ready();
  const { limiter, events } = watchedLimiter({
    limits: fixedWindow({ limit: 10, window: "30d" }),
    replicas: 2,
    timeoutMs: 60_000,
    store: quietStore(client),
    namespace: freshNamespace(),
  });
  const answers: Outcome[] = [];
  const ask = async () => {
    for (let i = 0; i < 7; i++) answers.push(await consume(limiter, "a"));
  };
  const untilAnswered = (expected: boolean) =>
    until(async () => isAnswered(await consume(limiter, "other")) === expected);
  for (let flap = 0; flap < FLAPS; flap++) {
    await ask();
    await proxy.refuse();
    proxy.reset();
    await untilAnswered(false);
    await ask();
    await proxy.accept();
    await untilAnswered(true);
  }
  return { answers, events };
}

describe.skipIf(url === "")(`a server that comes and goes ${skipped}`, { timeout: 60_000 }, () => {
  test("case 43: limit 10 and 2 replicas let 5 pass meanwhile, and each change is told once", async () => {
    const tries = await Promise.all(Object.values(recommendedClients).map(whatComesOf));
    for (const { answers, events } of tries) {
      const admitted = answers.filter((one) => !(one instanceof Error) && one.allowed).map(answeredBy);
      expect(admitted.filter((by) => by === "local")).toHaveLength(5);
      expect(admitted.filter((by) => by === false)).toHaveLength(10);
      const changes = events.map((event) => event.type === "degraded" && event.degraded);
      expect(changes).toEqual(Array.from({ length: FLAPS }, () => ["local", false]).flat());
    }
  });
});
