import { clientIp, type ClientIpOptions } from "sluice";
import { describe, expect, test } from "vitest";
import { formatAddress } from "../../src/identity/addresses/formatAddress.ts";
import { forwardedForHops } from "../../src/identity/addresses/forwardedForHops.ts";
import { testGuard } from "../guard/ask.ts";
import { fakeRequest, keepWarnings } from "./fakeRequest.ts";

function find(options: ClientIpOptions, headers: Record<string, string | string[]>) {
  const { warn, warnings } = keepWarnings();
  const found = clientIp(options)(fakeRequest(headers), warn) as { key: string } | undefined;
  return [found?.key, ...warnings.map(({ code }) => code)];
}

const chain = (hops: number, value: string) => find({ hops }, { "x-forwarded-for": value });

test("the hop at that place from the right counts, whoever the peer is", () => {
  expect(chain(1, "6.6.6.6, 9.9.9.9")).toEqual(["ip:9.9.9.9", "HOPS_TRUSTED"]);
  expect(chain(2, "6.6.6.6, 9.9.9.9, 127.0.0.2")).toEqual(["ip:9.9.9.9", "HOPS_TRUSTED"]);
  expect(find({ hops: 2, header: "forwarded" }, { forwarded: "for=9.9.9.9, for=10.0.0.1" })[0]).toBe(
    "ip:9.9.9.9",
  );
  expect(find({ hops: 1, header: "x-real-ip" }, { "x-real-ip": "9.9.9.9" })[0]).toBe("ip:9.9.9.9");
});

test("case 14: what a client writes left of that place is nothing", () => {
  for (const forged of ["6.6.6.6, ", "unknown, ", "6.6.6.6,,, ", '"', "6.6.6.6, 7.7.7.7, "]) {
    expect(chain(1, `${forged},9.9.9.9`)[0]).toBe("ip:9.9.9.9");
  }
  expect(find({ hops: 1 }, { "x-forwarded-for": ["6.6.6.6", "9.9.9.9"] })[0]).toBe("ip:9.9.9.9");
});

test.each(["", "9.9.9.9", "junk, 9.9.9.9", "9.9.9.9, junk", "9.9.9.9,", "6.6.6.6, 9.9.9.9, junk"])(
  "case 17: a chain %j that does not lead there counts for the peer",
  (value) => {
    expect(chain(2, value)).toEqual(["ip:127.0.0.1", "HOPS_TRUSTED", "FORWARDED_MALFORMED"]);
  },
);

test("a chain is read from the right to its end, and an empty place at its beginning is one too", () => {
  const read = (value: string) => Array.from(forwardedForHops(value), (hop) => hop && formatAddress(hop));
  expect(read("6.6.6.6, 9.9.9.9")).toEqual(["9.9.9.9", "6.6.6.6"]);
  expect(read(",9.9.9.9")).toEqual(["9.9.9.9", undefined]);
  expect(read(",")).toEqual([undefined, undefined]);
});

test("a port is dropped, and what is none makes the chain malformed", () => {
  expect(chain(1, "9.9.9.9:65535")[0]).toBe("ip:9.9.9.9");
  expect(chain(1, "9.9.9.9:65536")).toEqual(["ip:127.0.0.1", "HOPS_TRUSTED", "FORWARDED_MALFORMED"]);
});

test("without the header the peer is counted", () => {
  expect(find({ hops: 1 }, {})).toEqual(["ip:127.0.0.1", "HOPS_TRUSTED"]);
});

test("a guard warns once", async () => {
  const told: string[] = [];
  const guarded = testGuard({
    limits: "9/m",
    identify: clientIp({ hops: 1 }),
    onWarning: ({ code }) => told.push(code),
  });
  await guarded.admits("GET /");
  expect(told).toEqual(["HOPS_TRUSTED"]);
});

describe("refused at construction:", () => {
  test.each([0, -1, 1.5, 33, Infinity, Number.NaN, "1", true, null])("hops %j", (hops) => {
    const error = expect.objectContaining({ code: "INVALID_OPTION", path: "hops" });
    expect(() => clientIp({ hops: hops as number })).toThrow(error);
  });

  test.each<ClientIpOptions>([
    { trustedProxies: ["10.0.0.0/8"] },
    { trustedProxies: [] },
    { unsafeTrustAll: true },
    { header: "x-real-ip" },
  ])("hops with %j", (options) => {
    expect(() => clientIp({ hops: 2, ...options })).toThrow(expect.objectContaining({ path: "hops" }));
  });
});
