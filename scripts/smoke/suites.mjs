// In a folder that has the packed library and fast-check: holds what it ships to the suites that it ships, over node:test.
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, test } from "node:test";
import { memoryStore, tokenBucket } from "sluice";
import { rateLimit } from "sluice/node";
import { bucketModel, manualClock, testAdapter, testAlgorithm, testStore } from "sluice/testing";

testAdapter(
  {
    name: "node:http",
    async serve({ guards, mounts, handler }, at) {
      const limits = guards.map((options) => rateLimit({ onError: () => undefined, ...options }));
      const listener = limits
        .flatMap((limited) => Array(mounts).fill(limited))
        .reduceRight((inner, limited) => limited(inner), answering(handler));
      const server = createServer((...exchange) => void listener(...exchange)).listen(at);
      await once(server, "listening");
      return {
        port: server.address().port,
        close() {
          server.closeAllConnections();
          server.close();
        },
      };
    },
  },
  { describe, test },
);

function answering(handler) {
  return async ({ url }, response) => {
    try {
      const { status = 200, headers, body = "" } = await handler(url);
      response.writeHead(status, headers);
      for await (const piece of typeof body === "string" ? [body] : body) response.write(piece);
    } catch {
      response.writeHead(500);
    }
    response.end();
  };
}

testStore(
  () => {
    const clock = manualClock();
    return { store: memoryStore({ clock }), clock };
  },
  { describe, test },
  { name: "memoryStore" },
);

testAlgorithm(
  {
    name: "tokenBucket",
    limits: (fc) => fc.record({ capacity: fc.nat(1000), amount: fc.integer({ min: 1, max: 1000 }) }),
    algorithm: ({ capacity, amount }) => tokenBucket({ capacity, refill: { amount, per: "1s" } }),
    model: ({ capacity, amount }, { params: { tick } }) =>
      bucketModel({ capacity, rates: [{ amount, periodMs: 1000 }], tick }),
  },
  { describe, test },
);
