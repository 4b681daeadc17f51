import { describe, expect, onTestFinished, test } from "vitest";
import { type ScriptedServer, scriptedServer } from "../redis/scriptedServer.ts";
import { recommendedClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume } from "./outcome.ts";
import { policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

const CALLS = 12;
/** After so many failures in a row a store is left alone. */
const THRESHOLD = 5;
noUnhandledRejections();

/** What each policy makes of a server that says this to every script, and how often the server was asked for each. */
async function whatComesOf(line: string, connect: (typeof recommendedClients)[string]) {
  const server = await scriptedServer(([name]) => (/^eval/i.test(name) ? `-${line}\r\n` : undefined));
  onTestFinished(() => server.close());
  const { client, ready } = connect(server.url);
  await ready();
  return Promise.all(
    policies.map(async (onStoreError) => {
      const store = quietStore(client);
      const { limiter, events } = watchedLimiter({ store, onStoreError, timeoutMs: 60_000 });
      const answers = [];
      for (let i = 0; i < CALLS; i++) answers.push(await consume(limiter, onStoreError));
      return { answers, events, asked: asked(server, onStoreError), policy: onStoreError };
    }),
  );
}

function asked({ commands }: ScriptedServer, key: string): number {
  return commands.filter((words) => words.some((word) => word.endsWith(`]${key}`))).length;
}

describe.each(Object.entries(recommendedClients))("over %s", { timeout: 60_000 }, (_, connect) => {
  test.each([
    "READONLY You can't write against a read only replica.",
    "LOADING Redis is loading the dataset in memory",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "CLUSTERDOWN The cluster is down",
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "NOREPLICAS Not enough good replicas to write.",
  ])("case 45: the store is down, is left alone after five calls, and says so once: %s", async (line) => {
    for (const { answers, events, asked, policy } of await whatComesOf(line, connect)) {
      expect(new Set(answers.map(answeredBy))).toEqual(new Set([policy]));
      expect(events).toMatchObject([
        { type: "degraded", degraded: policy, error: { code: "STORE_FAILED", cause: { message: line } } },
      ]);
      expect(asked).toBe(THRESHOLD);
    }
  });

  test.each([
    "WRONGTYPE Operation against a key holding the wrong kind of value",
    "CROSSSLOT Keys in request don't hash to the same slot",
    "NOPERM User limits has no permissions to run the 'evalsha' command",
  ])("case 45: the store is misconfigured, which is told once, and is asked each time: %s", async (line) => {
    for (const { answers, events, asked, policy } of await whatComesOf(line, connect)) {
      expect(new Set(answers.map(answeredBy))).toEqual(new Set([policy]));
      expect(events).toMatchObject([
        { type: "config", error: { code: "STORE_MISCONFIGURED", cause: { message: line } } },
      ]);
      expect(asked).toBe(CALLS);
    }
  });
});
