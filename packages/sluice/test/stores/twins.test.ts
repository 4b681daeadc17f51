import { afterAll, describe, expect, inject, it } from "vitest";
import { twins } from "../../src/algorithms/twins.ts";
import { decideLua } from "../../src/stores/redis/decideLua.ts";
import { Random } from "./twins/Random.ts";
import { redisServer } from "./twins/redisServer.ts";
import { runRound, type Tally } from "./twins/runRound.ts";

const redis = inject("redis");
const seed = Number(process.env.SLUICE_TEST_SEED ?? Date.now() % 2 ** 32);

describe("twins", () => {
  it(`are equal, seed ${seed}`, async () => {
    const random = new Random(seed);
    const server = await redisServer(redis.url, decideLua(twins));
    const tally: Tally = {};
    for (let round = 0; (tally.operations ?? 0) < 100_000; round++) {
      await runRound(random, `twins ${seed} ${round}`, 50, [server], tally);
    }
    console.log(tally);
    await server.close();
  }, 120_000);
});
