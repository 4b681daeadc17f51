import { Redis } from "ioredis";
import { redisStore } from "sluice/redis";
import { testStore } from "sluice/testing";
import { afterAll, describe, test } from "vitest";
import { MASTER, startSentinel } from "../../../../test/services/sentinel.ts";
import { isOwn } from "../../../../test/services/Service.ts";
import { clients } from "./clients.ts";
import { expectFailoverSurvived } from "./expectFailoverSurvived.ts";

const service = await startSentinel();
const { url, note, stop } = service;
afterAll(stop);

const kinds = Object.entries(clients).flatMap(([name, { sentinel }]) =>
  sentinel === undefined ? [] : [{ name, connect: sentinel }],
);

describe.skipIf(url === "")(`redisStore through Sentinel ${url === "" ? `(skipped: ${note})` : ""}`, () => {
  describe.each(kinds)("over $name", ({ name, connect }) => {
    testStore(
      async () => {
        const { client, close } = await connect(url, MASTER);
        return { store: redisStore(client), close };
      },
      { describe, test },
      { name: `redisStore over ${name}`, runs: 10 },
    );
  });

  test.skipIf(!isOwn(service))(
    "when the master is gone, every client decides on the next one, and no call is charged twice",
    async () => {
      const connections = kinds.map(({ name, connect }) => [name, () => connect(url, MASTER)] as const);
      await expectFailoverSurvived(Object.fromEntries(connections), shutDownMaster);
    },
    60_000,
  );
});

async function shutDownMaster(): Promise<void> {
  const sentinel = new Redis(url);
  const address = (await sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER)) as [string, string];
  sentinel.disconnect();
  const master = new Redis(Number(address[1]), address[0], { retryStrategy: null });
  // It ends without an answer.
  await master.call("SHUTDOWN", "NOSAVE", "NOW").catch(() => {});
  master.disconnect();
}
