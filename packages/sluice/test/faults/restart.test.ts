import { describe, expect, onTestFinished, test } from "vitest";
import { redisBinary } from "../../../../test/services/redisBinary.ts";
import { expectBounded } from "./expectBounded.ts";
import { killableRedis } from "./killableRedis.ts";
import { carefulClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { quietStore } from "./watchedLimiter.ts";

const binary = redisBinary();
noUnhandledRejections();

describe.skipIf(binary === undefined)(
  "kill -9 of the server, and a new start on the same port",
  { timeout: 60_000 },
  () => {
    test.each(Object.entries(carefulClients))(
      "over %s: the policy answers meanwhile, then the store again, and a key gets its limit at most once more",
      async (_, connect) => {
        const server = await killableRedis(binary!);
        onTestFinished(server.stop);
        const { client, ready } = connect(server.url);
        await ready();
        await expectBounded({ stores: [() => quietStore(client)], lose: server.kill, restore: server.start });
        expect(isRunning(server.pid)).toBe(true);
        await server.stop();
        expect(isRunning(server.pid)).toBe(false);
      },
    );
  },
);

function isRunning(process_: number): boolean {
  try {
    return process.kill(process_, 0);
  } catch {
    return false;
  }
}
