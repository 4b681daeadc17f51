import { expect, test } from "vitest";
import { Endings } from "../../src/limiter/waiting/Endings.ts";
import { flush } from "./flush.ts";

test("a wait that begins when the limiter is closed and the signal aborted is ended once", async () => {
  const endings = new Endings();
  endings.close();
  const told: unknown[] = [];
  endings.onEnd(AbortSignal.abort("gone"), (reason) => told.push(reason));
  expect(told).toEqual([]);
  await flush();
  expect(told).toMatchObject([{ code: "LIMITER_CLOSED" }]);
});
