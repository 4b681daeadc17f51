import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import { fixedWindow, gcra, type Plan, type Store, type Warning } from "sluice";
import { redisStore } from "sluice/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { clients } from "./clients.ts";

const page = readFileSync(new URL("../../../../docs/redis.md", import.meta.url), "utf8");
const RULES = /^ACL SETUSER limits (.+)$/m.exec(page)![1].split(" ");
const COMMANDS = RULES.filter((rule) => rule.startsWith("+"));

const one: Plan = {
  namespace: "permissions",
  pool: "one",
  limits: [gcra({ rate: "1/d", burst: 2 })],
  block: { scope: "", duration: 0 },
};
const several: Plan = {
  namespace: "permissions",
  pool: "several",
  limits: [gcra({ rate: "1/d", burst: 2 }), fixedWindow({ limit: 2, window: "1d", countDenied: true })],
  block: { scope: "", duration: 60_000_000 },
};

/** Everything that a store does, the script unknown at first. */
async function useAll(store: Store): Promise<void> {
  for (const plan of [one, several]) {
    const { decide, act, reset } = store.prepare(plan);
    await decide("a", 1, "peek");
    await Promise.all(["a", "a", "a", "b"].map((key) => decide(key, 1, "consume")));
    expect((await decide("a", 1, "consume")).allowed).toBe(false);
    await act("a", { does: "block", duration: 60_000_000 });
    await act("a", { does: "block", duration: 0 });
    await act("a", { does: "refund", costs: 1 });
    expect((await act("a", { does: "reserve", costs: 1, id: "id", ttl: 1_000_000, nonce: 1 })).allowed).toBe(
      true,
    );
    expect((await act("a", { does: "settle", costs: 0, id: "id" })).hold).toBe("open");
    await reset("a");
    expect((await decide("a", 1, "consume")).allowed).toBe(true);
    await Promise.all([reset("a"), reset("b")]);
  }
  await store.ping();
}

describe.each(["Redis", "Valkey"] as const)("on %s", async (kind) => {
  const { url, note, stop } = await startOwnRedis(kind);
  afterAll(stop);

  const skipped = url === "" ? ` (skipped: ${note})` : "";
  describe.skipIf(url === "")(`case 46: the permissions in docs/redis.md${skipped}`, () => {
    let admin: Redis;
    beforeAll(() => void (admin = new Redis(url)));
    afterAll(() => admin.disconnect());

    /** @returns what is warned of while a user with these permissions does everything */
    async function warningsOf(name: string, rules: readonly string[], client: string): Promise<Warning[]> {
      await admin.call("ACL", "SETUSER", name, "reset", ...rules);
      await admin.script("FLUSH");
      const { client: connected, close } = await clients[client].single(
        url.replace("redis://", `redis://${name}:secret@`),
      );
      onTestFinished(close);
      const warnings: Warning[] = [];
      await useAll(redisStore(connected, { onWarning: (warning) => warnings.push(warning) }));
      return warnings;
    }

    test.each(Object.keys(clients))("suffice for every operation over %s", async (client) => {
      expect(await warningsOf("limits", RULES, client)).toEqual([]);
    });

    test.each(COMMANDS.filter((command) => command !== "+info"))("%s is needed", async (command) => {
      const fewer = RULES.filter((rule) => rule !== command);
      await expect(warningsOf("fewer", fewer, "ioredis 6")).rejects.toMatchObject({
        code: "STORE_MISCONFIGURED",
      });
    });

    test("without +info everything works, and REDIS_PERMISSION is told", async () => {
      const fewer = RULES.filter((rule) => rule !== "+info");
      const warnings = await warningsOf("fewer", fewer, "ioredis 6");
      expect(warnings.map(({ code }) => code)).toEqual(["REDIS_PERMISSION"]);
    });
  });
});
