import { inject } from "vitest";
import { twins } from "../../src/algorithms/twins.ts";
import { decideLua } from "../../src/stores/redis/decideLua.ts";
import { luaMutations } from "./twins/mutations.ts";
import { redisServer } from "./twins/redisServer.ts";
import { spoil, testTwins } from "./twins/testTwins.ts";

const service = inject("redis");
const script = decideLua(twins);

testTwins({
  name: "Redis",
  service,
  mutations: luaMutations,
  connect: (fault) => redisServer(service.url, spoil(script, fault)),
});
