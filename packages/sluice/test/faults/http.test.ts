import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LimiterEvent } from "sluice";
import { rateLimit } from "sluice/node";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { until } from "../../../../test/services/until.ts";
import { recommendedClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { tcpProxy } from "./tcpProxy.ts";
import { freshNamespace, policies, quietStore } from "./watchedLimiter.ts";

const { url, note } = inject("redis");
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

describe.skipIf(url === "")(`over HTTP, a server that never answers ${skipped}`, { timeout: 60_000 }, () => {
  test.each(Object.entries(recommendedClients))(
    "case 42: over %s, each policy has its reply, and each change is told once",
    async (_, connect) => {
      const proxy = await tcpProxy(url);
      const { client, ready } = connect(proxy.url);
      await ready();
      const events: LimiterEvent[] = [];
      const limited = rateLimit({
        rules: policies.map((onStoreError) => ({ path: `/${onStoreError}`, limits: "100/d", onStoreError })),
        store: quietStore(client),
        namespace: freshNamespace(),
        timeoutMs: 200,
        onEvent: (event) => events.push(event),
        onError: () => {},
      });
      const origin = await listening(limited((_, response) => void response.end("hello")));
      const get = async (path: string) => {
        const { status, headers } = await fetch(`${origin}/${path}`);
        return [status, headers.get("retry-after"), headers.has("ratelimit")];
      };

      proxy.fault = "hold";
      for (let i = 0; i < 3; i++) {
        expect(await get("local")).toEqual([200, null, true]);
        expect(await get("open")).toEqual([200, null, false]);
        expect(await get("closed")).toEqual([503, "1", false]);
        expect((await get("throw"))[0]).toBe(503);
      }
      expect(events).toMatchObject(
        policies.map((degraded) => ({ type: "degraded", limiter: `* /${degraded}`, degraded })),
      );

      proxy.fault = "none";
      const changesOf = (policy: string) =>
        events.flatMap((event) =>
          event.type === "degraded" && event.limiter === `* /${policy}` ? [event.degraded] : [],
        );
      for (const policy of policies) {
        await until(async () => (await get(policy)).join() === "200,,true" && changesOf(policy).length > 1);
        expect(changesOf(policy).slice(0, 2)).toEqual([policy, false]);
      }
    },
  );
});

async function listening(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
