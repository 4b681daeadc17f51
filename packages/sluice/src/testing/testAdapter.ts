import type { AdapterCheck } from "./adapters/AdapterCheck.ts";
import type { AdapterUnderTest } from "./adapters/AdapterUnderTest.ts";
import { answers } from "./adapters/answers.ts";
import { answersCounted } from "./adapters/answersCounted.ts";
import { atOnce } from "./adapters/atOnce.ts";
import { clients } from "./adapters/clients.ts";
import { failures } from "./adapters/failures.ts";
import { requests } from "./adapters/requests.ts";
import type { Runner } from "./Runner.ts";

const TIMEOUT_MS = 30_000;
const CHECKS: readonly AdapterCheck[] = [
  ...answers,
  ...clients,
  ...requests,
  ...answersCounted,
  ...atOnce,
  ...failures,
];

/**
 * Holds an adapter to what every adapter promises, over real sockets on loopback: what is told and what is refused, who is
 * counted, paths that cannot be decoded, bodies that nobody reads, handlers that fail, clients that go away, what runs at once.
 *
 * ```ts
 * import { describe, test } from "vitest";
 *
 * testAdapter({
 *   async serve({ guards, mounts, handler }, at) {
 *     const app = myFramework();
 *     for (const options of guards) {
 *       const limit = rateLimit(options);
 *       for (let i = 0; i < mounts; i++) app.use(limit);
 *     }
 *     app.all((request) => handler(request.path));
 *     await app.listen(at);
 *     return { port: app.port, close: () => app.close() };
 *   },
 * }, { describe, test });
 * ```
 *
 * Needs Node, and no fast-check.
 */
export function testAdapter(adapter: AdapterUnderTest, { describe, test }: Runner): void {
  const { name = "adapter" } = adapter;
  describe(`${name}, held to the adapter suite`, () => {
    for (const check of CHECKS) test(check.promise, () => run(adapter, check), TIMEOUT_MS);
  });
}

/** Node's modules are loaded with the first test: `sluice/testing` works without them. */
async function run(adapter: AdapterUnderTest, check: AdapterCheck): Promise<void> {
  const { runCheck } = await import("./adapters/runCheck.ts");
  await runCheck(adapter, check);
}
