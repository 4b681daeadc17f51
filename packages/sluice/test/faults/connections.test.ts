import { setImmediate as turn } from "node:timers/promises";
import { type Limiter, StoreError } from "sluice";
import { afterAll, describe, expect, test } from "vitest";
import { startOwnRedis } from "../../../../test/services/ownRedis.ts";
import { until } from "../../../../test/services/until.ts";
import { charged } from "./charged.ts";
import { carefulClients, lazyClients, promptClients } from "./lazyClients.ts";
import { noUnhandledRejections } from "./noUnhandledRejections.ts";
import { answeredBy, consume, isAnswered, type Outcome } from "./outcome.ts";
import { type TcpProxy, tcpProxy } from "./tcpProxy.ts";
import { p99, timed } from "./timed.ts";
import { freshNamespace, policies, quietStore, watchedLimiter } from "./watchedLimiter.ts";

// Of its own: elsewhere other tests make the server forget the script.
const { url, note, stop } = await startOwnRedis("Redis");
afterAll(stop);
/** So long that no machine is slow enough: what ends a call before is not the budget. */
const LONG_MS = 30_000;
const CALLS = 20;
const skipped = url === "" ? `(skipped: ${note})` : "";
noUnhandledRejections();

interface Scene {
  readonly proxy: TcpProxy;
  /** One for each policy, on one new store. */
  limiters(timeoutMs: number): Limiter[];
  /** What the server has charged the key. */
  spent(): Promise<number>;
  /** Waits until a new store is answered. */
  whenBack(): Promise<void>;
}

async function behindProxy(connect: (typeof lazyClients)[string]): Promise<Scene> {
  const proxy = await tcpProxy(url);
  const { client, ready } = connect(proxy.url);
  await ready();
  const namespace = freshNamespace();
  const spent = charged(url, namespace);
  // From now on the server knows the script, so no reply is that it does not.
  await spent("a");
  const limiters = (timeoutMs: number) => {
    const store = quietStore(client);
    return policies.map((onStoreError) => {
      const { limiter } = watchedLimiter({ onStoreError, timeoutMs, store, namespace });
      return limiter;
    });
  };
  const whenBack = () => until(async () => isAnswered(await consume(limiters(1000)[1], "back")));
  return { proxy, limiters, spent: () => spent("a"), whenBack };
}

/** Calls of as many turns, so that each travels by itself. */
async function inFlight(limiters: readonly Limiter[]): Promise<Promise<Outcome>[]> {
  const calls = [];
  for (let i = 0; i < CALLS; i++) {
    calls.push(consume(limiters[i % limiters.length], "a"));
    await turn();
  }
  return calls;
}

describe.skipIf(url === "")(`connections that fail ${skipped}`, { timeout: 60_000 }, () => {
  describe.each(Object.entries(promptClients))("over %s", (_, connect) => {
    test.each([
      ["reset", (proxy: TcpProxy) => proxy.reset()],
      ["half closed", (proxy: TcpProxy) => proxy.halfClose()],
    ])("%s with calls under way: each is answered at once, and was charged once", async (_, breakIt) => {
      const { proxy, limiters, spent, whenBack } = await behindProxy(connect);
      proxy.fault = "hold";
      const calls = await inFlight(limiters(LONG_MS));
      await until(async () => (await spent()) === CALLS);
      breakIt(proxy);
      const answers = await Promise.all(calls);
      expect(answers.map(answeredBy)).toEqual(answers.map((_, i) => policies[i % policies.length]));
      expect(answers.find((answer) => answer instanceof StoreError)).toMatchObject({
        code: "STORE_FAILED",
      });
      proxy.fault = "none";
      await whenBack();
      expect(await spent()).toBe(CALLS);
      expect(proxy.accepted).toBeGreaterThan(1);
    });

    test("cut in the middle of a reply: each call is answered at once, and charged at most once", async () => {
      const { proxy, limiters, spent, whenBack } = await behindProxy(connect);
      proxy.fault = "cut";
      const answers = await Promise.all(await inFlight(limiters(LONG_MS)));
      expect(answers.every(isAnswered)).toBe(false);
      await whenBack();
      expect(await spent()).toBeGreaterThanOrEqual(Math.max(1, answers.filter(isAnswered).length));
      expect(await spent()).toBeLessThanOrEqual(CALLS);
    });
  });

  test("over ioredis 6 without resending, calls under way are answered when their time is up, and charged once", async () => {
    const connect = carefulClients["ioredis 6 without resending"];
    const { proxy, limiters, spent, whenBack } = await behindProxy(connect);
    proxy.fault = "hold";
    const calls = await inFlight(limiters(300));
    await until(async () => (await spent()) === CALLS);
    proxy.reset();
    const answers = await Promise.all(calls);
    expect(answers.find((answer) => answer instanceof StoreError)).toMatchObject({ code: "STORE_TIMEOUT" });
    proxy.fault = "none";
    await whenBack();
    expect(await spent()).toBe(CALLS);
  });

  describe.each(Object.entries(carefulClients))("over %s", (_, connect) => {
    test("slower than the budget: the policy answers in time, and late replies change no later answer", async () => {
      const { proxy, limiters, spent } = await behindProxy(connect);
      proxy.fault = { delayMs: 150 };
      const slow = limiters(50);
      const answers = await Promise.all(
        Array.from({ length: CALLS }, (_, i) => timed(50, () => consume(slow[i % slow.length], "a"))),
      );
      expect(answers.map(({ answer }) => answeredBy(answer!))).toEqual(
        answers.map((_, i) => policies[i % policies.length]),
      );
      expect(p99(answers.map(({ ms }) => ms))).toBeLessThan(80);
      proxy.fault = "none";
      const [patient] = limiters(LONG_MS);
      expect(await patient.consume("a")).toMatchObject({ degraded: false, remaining: 100_000 - CALLS - 1 });
      expect(await spent()).toBe(CALLS + 1);
    });

    test("slow, but not too slow: the store answers every call", async () => {
      const { proxy, limiters, spent } = await behindProxy(connect);
      proxy.fault = { delayMs: 5 };
      const answers = await Promise.all(await inFlight(limiters(LONG_MS)));
      expect(answers.filter(isAnswered)).toHaveLength(CALLS);
      expect(await spent()).toBe(CALLS);
    });

    test("refused: the policy answers in time, and the store when it can be reached again", async () => {
      const { proxy, limiters, spent, whenBack } = await behindProxy(connect);
      await proxy.refuse();
      proxy.reset();
      const cut = limiters(50);
      const answers = await Promise.all(
        Array.from({ length: CALLS }, (_, i) => timed(50, () => consume(cut[i % cut.length], "a"))),
      );
      expect(answers.map(({ answer }) => answeredBy(answer!))).toEqual(
        answers.map((_, i) => policies[i % policies.length]),
      );
      expect(p99(answers.map(({ ms }) => ms))).toBeLessThan(80);
      await proxy.accept();
      await whenBack();
      expect(await spent()).toBeLessThanOrEqual(CALLS);
    });
  });

  test("ioredis by default sends calls again after a lost connection, which charges them twice", async () => {
    const { proxy, limiters, spent, whenBack } = await behindProxy(lazyClients["ioredis 6 by default"]);
    proxy.fault = "hold";
    const calls = await inFlight(limiters(LONG_MS));
    await until(async () => (await spent()) === CALLS);
    proxy.reset();
    proxy.fault = "none";
    const answers = await Promise.all(calls);
    expect(answers.filter(isAnswered)).toHaveLength(CALLS);
    await whenBack();
    expect(await spent()).toBe(2 * CALLS);
  });
});
