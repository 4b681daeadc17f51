import type { Redis } from "ioredis";
import { createDesk } from "../../src/stores/inProcess/Desk.ts";
import { decide } from "../../src/stores/inProcess/decide.ts";
import type { Store } from "../../src/stores/Store.ts";

/**
 * A wrong store: it reads, decides here, and writes in a second round trip, so another may have written in between.
 * Without blocks and expiries, to be short.
 */
export function unlockedStore(client: Redis): Store {
  return {
    prepare: (plan) => {
      const nameOf = (key: unknown) => JSON.stringify([plan.namespace, plan.pool, key]);
      return {
        async decide(key, costs, mode) {
          const [time, text] = await Promise.all([client.time(), client.get(nameOf(key))]);
          const [seconds, micros] = time.map(Number);
          const desk = createDesk(plan);
          if (text !== null) desk.before.splice(0, desk.before.length, ...(JSON.parse(text) as number[][]));
          decide(plan, desk, seconds * 1_000_000 + micros, costs, mode);
          await client.mset(nameOf(key), JSON.stringify(desk.changed ? desk.after : desk.before));
          return desk.outcome;
        },
        act: async () => {
          throw new Error("it only decides");
        },
        reset: async (key) => void (await client.del(nameOf(key))),
      };
    },
    ping: async () => void (await client.ping()),
    close: async () => {},
  };
}
