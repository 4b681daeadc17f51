import { inject } from "vitest";
import { twins } from "../../src/algorithms/twins.ts";
import { actLua } from "../../src/stores/redis/actLua.ts";
import { decideLua } from "../../src/stores/redis/decideLua.ts";
import { luaActMutations, luaHoldMutations } from "./twins/luaActMutations.ts";
import { luaMutations } from "./twins/mutations.ts";
import { redisServer } from "./twins/redisServer.ts";
import { spoil, testTwins } from "./twins/testTwins.ts";

const service = inject("redis");
const scripts = [decideLua(twins), actLua(twins)];

testTwins({
  name: "Redis",
  service,
  mutations: [...luaMutations, ...luaActMutations, ...luaHoldMutations],
  connect: (fault) => {
    const [decide, act] = spoil(scripts, fault);
    return redisServer(service.url, decide, act);
  },
});
