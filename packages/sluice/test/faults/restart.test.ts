import { fixedWindow } from "sluice";
import { describe, expect, onTestFinished, test } from "vitest";
import { redisBinary } from "../../../../test/services/redisBinary.ts";
import { until } from "../../../../test/services/until.ts";
import { killableRedis } from "./killableRedis.ts";
import { carefulClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, isAnswered, type Outcome } from "./outcome.ts";
import { type LoadedLimiter, underLoad } from "./underLoad.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const binary = redisBinary();
const LIMIT = 40;
const REPLICAS = 4;
const SHARE = LIMIT / REPLICAS;
noUnhandledRejections();

describe.skipIf(binary === undefined)("kill -9 of the server, and a new start", () => {
  test.each(Object.entries(carefulClients))(
    "over %s, under load: the policy answers meanwhile, then the store again, and no key gets more than it says",
    async (_, connect) => {
      const server = await killableRedis(binary!);
      onTestFinished(server.stop);
      const loads = await Promise.all(
        policies.map(async (onStoreError) => {
          const { client, ready } = connect(server.url);
          await ready();
          const limits = fixedWindow({ limit: LIMIT, window: "30d" });
          const options = { limits, onStoreError, replicas: REPLICAS, timeoutMs: 500 };
          return underLoad(
            watchedLimiter({ ...options, store: quietStore(client), namespace: freshNamespace() }),
          );
        }),
      );
      await until(async () => loads.every(({ answers }) => answers.length > LIMIT));
      await server.kill();
      await until(async () => loads.every(({ answers }) => !isAnswered(answers.at(-1)!)));
      const whileDown = await Promise.all(loads.map(({ limiter }) => consumeSome(limiter)));
      await server.start();
      await until(async () => loads.every(({ answers }) => isAnswered(answers.at(-1)!)));
      for (const [i, load] of loads.entries()) {
        await load.end();
        const policy = policies[i];
        expect(new Set(whileDown[i].map(answeredBy))).toEqual(new Set([policy]));
        expect(load.events).toMatchObject([
          { type: "degraded", degraded: policy, error: { code: "STORE_FAILED" } },
          { type: "degraded", degraded: false },
        ]);
        expectNoMoreThan(load, policy === "local" ? SHARE : 0);
      }
    },
  );
});

const consumeSome = async (limiter: LoadedLimiter["limiter"]): Promise<Outcome[]> =>
  Promise.all(Array.from({ length: 5 }, () => consume(limiter, "other")));

/** The state is lost with the server, so a key has its limit once before the kill and once after it. */
function expectNoMoreThan({ answers }: LoadedLimiter, share: number): void {
  const admitted = (by: Outcome[]) => by.filter((one) => !(one instanceof Error) && one.allowed).length;
  expect(admitted(answers.filter(isAnswered))).toBeGreaterThan(LIMIT);
  expect(admitted(answers.filter(isAnswered))).toBeLessThanOrEqual(2 * LIMIT);
  expect(admitted(answers.filter((one) => answeredBy(one) === "local"))).toBe(share);
}
