import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { clientIp } from "../../src/identity/clientIp.ts";
import { custom } from "../../src/identity/custom.ts";
import type { Identify } from "../../src/identity/Identity.ts";
import { fakeRequest, ignoreWarnings } from "./fakeRequest.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heldBytes(source: Identify): number {
  const keys: unknown[] = [];
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 2000; i++) {
    const value = Buffer.from(`${"6.6.6.6,".repeat(1900)}2001:db8:${i.toString(16)}:aaaa::1`).toString(
      "latin1",
    );
    keys.push(source(fakeRequest({ "x-forwarded-for": value }), ignoreWarnings));
  }
  collectGarbage();
  expect(keys).toHaveLength(2000);
  return process.memoryUsage().heapUsed - before;
}

test("2,000 keys cut from headers of 15 kB do not hold the headers", () => {
  expect(heldBytes(clientIp({ trustedProxies: ["127.0.0.1"] }))).toBeLessThan(4_000_000);
  const cut = custom((request) => request.header("x-forwarded-for")?.split(",").at(-1));
  expect(heldBytes(cut)).toBeLessThan(4_000_000);
});
