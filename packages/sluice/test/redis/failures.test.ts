import { gcra, type Plan } from "sluice";
import { redisStore } from "sluice/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../../../test/services/until.ts";
import { clients, type Connection } from "./clients.ts";
import { type ScriptedServer, scriptedServer } from "./scriptedServer.ts";

function timesSent({ commands }: ScriptedServer, key: string): number {
  return commands.filter((words) => words.some((word) => word.endsWith(`]${key}`))).length;
}

const plan: Plan = {
  namespace: "sluice",
  pool: "default",
  limits: [gcra({ rate: "1/s", burst: 1, name: "default" })],
  block: { scope: "", duration: 0 },
};

const FAILED = [
  "READONLY You can't write against a read only replica. script: 5e1, on @user_script:1.",
  "LOADING Redis is loading the dataset in memory",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
  "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
  "OOM command not allowed when used memory > 'maxmemory'. script: 5e1, on @user_script:1.",
  "NOREPLICAS Not enough good replicas to write. script: 5e1, on @user_script:1.",
  "CLUSTERDOWN The cluster is down",
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
  "TRYAGAIN Multiple keys request during rehashing of slot",
  // Words of a misconfiguration in another place, as an error may quote anybody's key.
  "ERR bad key 'NOPERM', not allowed to: ACL permission",
  "ERR user_script:1: WRONGTYPE ACL failure in script: x script: 5e1, on @user_script:1.",
];

const MISCONFIGURED = [
  "WRONGTYPE Operation against a key holding the wrong kind of value script: 5e1, on @user_script:1.",
  "CROSSSLOT Keys in request don't hash to the same slot",
  "NOPERM User limits has no permissions to run the 'evalsha' command",
  "NOAUTH Authentication required.",
  "WRONGPASS invalid username-password pair or user is disabled.",
  "ERR The user executing the script can't run this command or subcommand script: 5e1, on @user_script:1.",
  "ERR The user executing the script can't access at least one of the keys mentioned in the command arguments script: 5e1, on @user_script:1.",
  "ERR ACL failure in script: User limits has no permissions to run the 'time' command script: 5e1, on @user_script:1.",
  "ERR unknown command 'evalsha', with args beginning with: 'a' 'b' ",
  "ERR Unknown Redis command called from script script: 5e1, on @user_script:1.",
  "ERR Unknown command called from script script: 5e1, on @user_script:1.",
];

describe.each(Object.entries(clients))("case 45: over %s", (_, { single }) => {
  let answer: string;
  let server: ScriptedServer;
  let connection: Connection;
  let decide: (key: string) => Promise<unknown>;
  beforeAll(async () => {
    server = await scriptedServer(([name]) => (/^eval/i.test(name) ? answer : undefined));
    connection = await single(server.url);
    const prepared = redisStore(connection.client, { onWarning: () => {} }).prepare(plan);
    decide = (key) => prepared.decide(key, 1, "consume");
  });
  afterAll(async () => {
    await connection.close();
    await server.close();
  });

  test.each(FAILED)("the store failed: %s", async (line) => {
    answer = `-${line}\r\n`;
    await expect(decide("a")).rejects.toMatchObject({ name: "StoreError", code: "STORE_FAILED" });
  });

  test.each(MISCONFIGURED)("the store is misconfigured: %s", async (line) => {
    answer = `-${line}\r\n`;
    await expect(decide("a")).rejects.toMatchObject({
      name: "StoreError",
      code: "STORE_MISCONFIGURED",
    });
  });

  test("an answer that is no list of numbers is a store that failed", async () => {
    answer = "+OK\r\n";
    await expect(decide("a")).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining(`"OK"`),
    });
  });

  test("a connection that is lost is a store that failed, and its call is not sent again", async () => {
    answer = "";
    const call = decide("first").catch((error: unknown) => error);
    await until(async () => timesSent(server, "first") > 0);
    server.drop();
    expect(await call).toMatchObject({ code: "STORE_FAILED" });
    answer = "-ERR enough\r\n";
    // What a client sends again, it sends before anything newer.
    await until(async () => {
      await decide("second").catch(() => {});
      return timesSent(server, "second") > 0;
    });
    expect(timesSent(server, "first")).toBe(1);
  });
});
