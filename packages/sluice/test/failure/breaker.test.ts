import { StoreError } from "sluice";
import { describe, expect, test } from "vitest";
import { Breaker } from "../../src/limiter/failure/Breaker.ts";
import { Breakers } from "../../src/limiter/failure/Breakers.ts";
import { DOWN } from "./faultyStore.ts";

test("there is one probe at a time, also when calls from before it fail late", () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  const early = Array.from({ length: 6 }, () => breaker.admits()!);
  expect(new Set(early)).toEqual(new Set(["call"]));
  for (const admission of early.slice(1)) breaker.failed(DOWN, admission);
  expect(breaker.admits()).toBeUndefined();
  now += 1000;
  expect(breaker.admits()).toBe("probe");
  breaker.failed(DOWN, early[0]);
  now += 5000;
  expect(breaker.admits()).toBeUndefined();
  breaker.failed(DOWN, "probe");
  now += 1000;
  expect(breaker.admits()).toBe("probe");
  breaker.succeeded();
  expect(breaker.admits()).toBe("call");
});

describe("of those who wait for one store", () => {
  const TIMEOUT = new StoreError("STORE_TIMEOUT", "the store did not answer in time");

  function waitingFor(...times: readonly number[]) {
    const clock = { now: 0 };
    const breakers = new Breakers(() => clock.now);
    const [short, middle, long] = times.map((timeoutMs) => breakers.of(timeoutMs));
    const fail = (error: StoreError, timeoutMs: number) => {
      for (let i = 0; i < 5; i++) breakers.failed(error, timeoutMs, "call");
    };
    return { clock, breakers, fail, states: () => [short, middle, long].map((one) => one.lastError?.code) };
  }

  test("who has waited in vain speaks for those who wait no longer", () => {
    const { fail, states, breakers } = waitingFor(5, 50, 500);
    fail(TIMEOUT, 50);
    expect(states()).toEqual(["STORE_TIMEOUT", "STORE_TIMEOUT", undefined]);
    expect([5, 50, 500].map((ms) => breakers.of(ms).admits())).toEqual([undefined, undefined, "call"]);
  });

  test("who was answered speaks for those who wait no less", () => {
    const { fail, states, breakers } = waitingFor(5, 50, 500);
    fail(TIMEOUT, 500);
    breakers.succeeded(50);
    expect(states()).toEqual(["STORE_TIMEOUT", undefined, undefined]);
    breakers.succeeded(5);
    expect(states()).toEqual([undefined, undefined, undefined]);
  });

  test("whose connection broke speaks for all, and so does who has one again", () => {
    const { fail, states, breakers } = waitingFor(5, 50, 500);
    fail(DOWN, 50);
    expect(states()).toEqual(["STORE_FAILED", "STORE_FAILED", "STORE_FAILED"]);
    breakers.succeeded(500);
    expect(states()).toEqual([undefined, undefined, undefined]);
  });

  test("each finds out for itself, one at a time", () => {
    const { clock, fail, breakers } = waitingFor(5, 50, 500);
    fail(TIMEOUT, 500);
    clock.now += 1000;
    expect([5, 5, 50, 50].map((ms) => breakers.of(ms).admits())).toEqual([
      "probe",
      undefined,
      "probe",
      undefined,
    ]);
    breakers.failed(TIMEOUT, 5, "probe");
    clock.now += 1000;
    expect([5, 50, 500].map((ms) => breakers.of(ms).admits())).toEqual(["probe", undefined, "probe"]);
  });
});
