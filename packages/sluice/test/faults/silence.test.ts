import type { Limiter } from "sluice";
import { describe, expect, inject, test } from "vitest";
import { lazyClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, type Outcome } from "./outcome.ts";
import { type TcpProxy, tcpProxy } from "./tcpProxy.ts";
import { p99, timed, type Timed } from "./timed.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const { url, note } = inject("redis");
const BUDGET_MS = 50;
const BOUND_MS = 80;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

describe.skipIf(url === "")(`a server that never answers ${skipped}`, { timeout: 60_000 }, () => {
  describe.each(Object.entries(lazyClients))("over %s", (_, connect) => {
    async function silentServer(greets: boolean): Promise<{ proxy: TcpProxy; limiter(): Limiter }[]> {
      return Promise.all(
        policies.map(async (onStoreError) => {
          const proxy = await tcpProxy(url);
          if (!greets) proxy.fault = "hold";
          const { client, ready } = connect(proxy.url);
          if (greets) await ready();
          proxy.fault = "hold";
          const options = { onStoreError, timeoutMs: BUDGET_MS, namespace: freshNamespace() };
          return {
            proxy,
            limiter: () => watchedLimiter({ ...options, store: quietStore(client) }).limiter,
          };
        }),
      );
    }

    test.each([
      ["from the beginning", false],
      ["any more", true],
    ])("case 41: that does not answer %s: each policy decides in under 80 ms at p99", async (_, greets) => {
      const servers = await silentServer(greets);
      const groups = await Promise.all(
        servers.map(async ({ limiter }) => {
          // Five calls on each store: after them it is left alone.
          const inSequence = Array.from({ length: 40 }, () => timedInSequence(limiter(), 5));
          const together = limiter();
          const atOnce = Array.from({ length: 200 }, (_, i) => timedCall(together, `key ${i}`));
          return [...(await Promise.all(inSequence)).flat(), ...(await Promise.all(atOnce))];
        }),
      );
      groups.forEach((calls, i) => {
        expect(calls).toHaveLength(400);
        expect(new Set(calls.map(({ answer }) => answeredBy(answer!)))).toEqual(new Set([policies[i]]));
        expect(p99(calls.map(({ ms }) => ms))).toBeLessThan(BOUND_MS);
        // None was answered before its time either: the store was asked.
        if (greets) expect(Math.min(...calls.map(({ ms }) => ms))).toBeGreaterThan(BUDGET_MS - 5);
      });
    });

    test("case 41: after five calls it is not asked, and each policy decides in the same turn", async () => {
      const limiters = (await silentServer(true)).map(({ limiter }) => limiter());
      await Promise.all(limiters.map((limiter) => timedInSequence(limiter, 5)));
      for (const limiter of limiters) {
        let turned = false;
        setImmediate(() => (turned = true));
        for (let i = 0; i < 500; i++) await consume(limiter, "a");
        expect(turned).toBe(false);
      }
    });
  });
});

async function timedInSequence(limiter: Limiter, calls: number): Promise<Timed<Outcome>[]> {
  const answers = [];
  for (let i = 0; i < calls; i++) answers.push(await timedCall(limiter, "a"));
  return answers;
}

function timedCall(limiter: Limiter, key: string): Promise<Timed<Outcome>> {
  return timed(BUDGET_MS, () => consume(limiter, key));
}
