import { Redis } from "ioredis";
import type { StoreError } from "sluice";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../../test/services/freePort.ts";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { until } from "../../../../test/services/until.ts";
import { recommendedClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, isAnswered } from "./outcome.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const { url, note, stop } = await startOwnRedis("Redis");
const { url: lonelyUrl, stop: stopLonely } = await startOwnRedis("Redis", {
  "cluster-enabled": "yes",
  "cluster-port": `${await freePort()}`,
});
afterAll(async () => void (await Promise.all([stop(), stopLonely()])));
/** More than it takes until a store is left alone. */
const CALLS = 7;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

interface Refusal {
  /** Makes the server refuse scripts; resolves to what ends that. */
  begin(admin: Redis): Promise<() => Promise<unknown>>;
  /** What the server says of it. */
  says: RegExp;
}

const setting =
  (name: string, value: string, before: string): Refusal["begin"] =>
  async (admin) => {
    await admin.config("SET", name, value);
    return () => admin.config("SET", name, before);
  };

const following =
  (servesStaleData: "yes" | "no"): Refusal["begin"] =>
  async (admin) => {
    await admin.config("SET", "replica-serve-stale-data", servesStaleData);
    await admin.replicaof("127.0.0.1", await freePort());
    return () => admin.replicaof("NO", "ONE");
  };

/** Until then all that the server says is that it is busy. */
const runForever: Refusal["begin"] = async (admin) => {
  await admin.config("SET", "busy-reply-threshold", "1");
  const busy = new Redis(url);
  onTestFinished(() => busy.disconnect());
  await busy.ping();
  const ended = busy.eval("while true do end", 0).catch((error: unknown) => error);
  await until(async () => (await admin.ping().catch(() => "")) !== "PONG");
  return async () => {
    await admin.script("KILL");
    await ended;
    await admin.config("SET", "busy-reply-threshold", "5000");
  };
};

const outages: Readonly<Record<string, Refusal>> = {
  OOM: { begin: setting("maxmemory", "1", "0"), says: /OOM command not allowed/ },
  NOREPLICAS: { begin: setting("min-replicas-to-write", "1", "0"), says: /NOREPLICAS Not enough/ },
  READONLY: { begin: following("yes"), says: /READONLY You can't write against/ },
  MASTERDOWN: { begin: following("no"), says: /MASTERDOWN Link with MASTER is down/ },
  BUSY: { begin: runForever, says: /BUSY Redis is busy running a script/ },
};

describe.skipIf(url === "")(`a real server that refuses ${skipped}`, { timeout: 60_000 }, () => {
  let admin: Redis;
  beforeAll(async () => {
    admin = new Redis(url);
    const lonely = new Redis(lonelyUrl);
    await lonely.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    lonely.disconnect();
  });
  afterAll(() => admin.disconnect());

  describe.each(Object.entries(recommendedClients))("over %s", (_, connect) => {
    /** One for each policy, each on a store of its own over one client. */
    async function limitersAt(serverUrl: string) {
      const { client, ready } = connect(serverUrl);
      await ready();
      const namespace = freshNamespace();
      const fresh = () =>
        policies.map((policy) => {
          const options = { onStoreError: policy, timeoutMs: 60_000, namespace, store: quietStore(client) };
          return { policy, ...watchedLimiter(options) };
        });
      return { limiters: fresh(), fresh };
    }

    test.each(Object.entries(outages))("with %s, is down", async (_, { begin, says }) => {
      const { limiters, fresh } = await limitersAt(url);
      const end = await begin(admin);
      for (const { limiter, policy, events } of limiters) {
        for (let i = 0; i < CALLS; i++) expect(answeredBy(await consume(limiter, "a"))).toBe(policy);
        expect(events).toMatchObject([{ type: "degraded", degraded: policy }]);
        expectCause(events[0].error, "STORE_FAILED", says);
      }
      await end();
      for (const { limiter } of fresh()) expect(isAnswered(await consume(limiter, "a"))).toBe(true);
    });

    async function expectMisconfigured(serverUrl: string, says: RegExp): Promise<void> {
      const { limiters } = await limitersAt(serverUrl);
      for (const { limiter, policy, events } of limiters) {
        for (let i = 0; i < CALLS; i++) {
          const answers = await Promise.all(["a", "b", "c"].map((key) => consume(limiter, key)));
          expect(new Set(answers.map(answeredBy))).toEqual(new Set([policy]));
        }
        expect(events).toMatchObject([{ type: "config" }]);
        expectCause(events[0].error, "STORE_MISCONFIGURED", says);
      }
    }

    test("with NOPERM, is misconfigured", async () => {
      const rules = ["on", ">secret", "~sluice:*", "-@all", "+info", "+ping", "+eval", "+evalsha"];
      await admin.call("ACL", "SETUSER", "meagre", "reset", ...rules);
      const says = /can't run this command|ACL failure in script/;
      await expectMisconfigured(url.replace("//", "//meagre:secret@"), says);
    });

    test("with WRONGTYPE, since somebody else wrote under the name of a record, is misconfigured", async () => {
      const { limiters } = await limitersAt(url);
      await limiters[0].limiter.consume("taken");
      const [name] = await admin.keys("*taken");
      await admin.del(name);
      await admin.rpush(name, "theirs");
      for (const { limiter, policy, events } of limiters) {
        expect(answeredBy(await consume(limiter, "taken"))).toBe(policy);
        expect(isAnswered(await consume(limiter, "free"))).toBe(true);
        expectCause(events[0].error, "STORE_MISCONFIGURED", /WRONGTYPE/);
      }
      expect(await admin.lrange(name, 0, -1)).toEqual(["theirs"]);
      await admin.del(name);
    });

    test("with CROSSSLOT, as a client that knows of no cluster, is misconfigured", async () => {
      await expectMisconfigured(lonelyUrl, /CROSSSLOT/);
    });
  });
});

function expectCause(error: StoreError | undefined, code: string, says: RegExp): void {
  expect(error).toMatchObject({ code, cause: { message: expect.stringMatching(says) as string } });
}
