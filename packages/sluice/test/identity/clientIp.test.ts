import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clientIp, type ClientIpOptions } from "../../src/identity/clientIp.ts";
import { fakeRequest, ignoreWarnings, keepWarnings } from "./fakeRequest.ts";

const behindLoopback = { trustedProxies: ["127.0.0.0/8", "::1"] };

function find(
  options: ClientIpOptions,
  headers: Record<string, string | string[]> = {},
  remoteAddress?: string,
): { key: string | undefined; codes: string[] } {
  const { warn, warnings } = keepWarnings();
  const found = clientIp(options)(fakeRequest(headers, remoteAddress), warn) as { key: string } | undefined;
  return { key: found?.key, codes: warnings.map(({ code }) => code) };
}

const forwardedFor = (value: string, options: ClientIpOptions = behindLoopback) =>
  find(options, { "x-forwarded-for": value });

describe("who is counted", () => {
  test("case 14: without trust, rotating forwarding headers stay one bucket", () => {
    const keys = new Set<string | undefined>();
    for (let i = 0; i < 250; i++) {
      const address = `9.9.${i}.1`;
      for (const name of ["x-forwarded-for", "x-real-ip", "cf-connecting-ip"]) {
        keys.add(find({ header: name }, { [name]: address }).key);
      }
      keys.add(find({ header: "forwarded" }, { forwarded: `for=${address}` }).key);
    }
    expect([...keys]).toEqual(["ip:127.0.0.1"]);
  });

  test("case 14: a forwarding header of an untrusted peer is ignored with a warning", () => {
    expect(forwardedFor("9.9.9.9", { trustedProxies: ["10.0.0.0/8"] })).toEqual({
      key: "ip:127.0.0.1",
      codes: ["FORWARDED_UNTRUSTED"],
    });
    expect(find({})).toEqual({ key: "ip:127.0.0.1", codes: [] });
  });

  test("case 15: the rightmost hop that is not a trusted proxy counts", () => {
    expect(forwardedFor("6.6.6.6, 9.9.9.9")).toEqual({ key: "ip:9.9.9.9", codes: [] });
    expect(forwardedFor("6.6.6.6, 9.9.9.9, 127.0.0.2")).toEqual({ key: "ip:9.9.9.9", codes: [] });
    expect(forwardedFor("6.6.6.6,9.9.9.9\t,127.0.0.2,\t127.0.0.3")).toEqual({ key: "ip:9.9.9.9", codes: [] });
  });

  test("case 15: several lines are one chain", () => {
    const lines = { "x-forwarded-for": ["6.6.6.6", "9.9.9.9"] };
    expect(find(behindLoopback, lines).key).toBe("ip:9.9.9.9");
  });

  test("case 15: if every hop is a trusted proxy, the farthest counts", () => {
    expect(forwardedFor("127.0.0.9, 127.0.0.2")).toEqual({ key: "ip:127.0.0.9", codes: [] });
  });

  test("case 15: a trusted peer that forwards for nobody is counted itself", () => {
    expect(find(behindLoopback)).toEqual({ key: "ip:127.0.0.1", codes: [] });
  });

  test("case 15: trust is by bits, not by spelling", () => {
    const headers = { "x-forwarded-for": "9.9.9.9, ::ffff:7f00:2" };
    expect(find(behindLoopback, headers, "::ffff:127.0.0.1").key).toBe("ip:9.9.9.9");
    expect(find({ trustedProxies: ["::ffff:127.0.0.0/104"] }, headers).key).toBe("ip:9.9.9.9");
  });

  test.each([
    "unknown",
    "_x",
    "junk",
    "",
    " ",
    "01.2.3.4",
    "0x7f.1",
    "1.2.3",
    "9.9.9.9:",
    "[9.9.9.9]",
    "9.9.9.9:99999",
  ])("case 17: a malformed rightmost hop %j falls back to the peer", (hop) => {
    expect(forwardedFor(hop)).toEqual({ key: "ip:127.0.0.1", codes: ["FORWARDED_MALFORMED"] });
    expect(forwardedFor(`9.9.9.9,${hop}`)).toEqual({ key: "ip:127.0.0.1", codes: ["FORWARDED_MALFORMED"] });
    expect(forwardedFor(`9.9.9.9,${hop}, 127.0.0.2`).key).toBe("ip:127.0.0.1");
  });

  test("case 17: what stands left of the client is not read", () => {
    expect(forwardedFor("junk, , 9.9.9.9")).toEqual({ key: "ip:9.9.9.9", codes: [] });
  });

  test("case 17: no value of the header makes a bucket that no address has", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("x-forwarded-for", "forwarded", "x-real-ip"),
        fc.string(),
        (header, value) => {
          const { key } = find({ ...behindLoopback, header }, { [header]: value });
          expect(key).toMatch(/^ip:(\d+\.\d+\.\d+\.\d+|[\da-f:]+\/64)$/);
        },
      ),
    );
  });

  test("case 18: ports and brackets", () => {
    expect(forwardedFor("9.9.9.9:1234").key).toBe("ip:9.9.9.9");
    expect(forwardedFor("[2001:db8::1]:443").key).toBe("ip:2001:db8::/64");
    expect(forwardedFor("[2001:db8::1]").key).toBe("ip:2001:db8::/64");
    expect(forwardedFor("2001:db8::1").key).toBe("ip:2001:db8::/64");
    expect(forwardedFor("[::ffff:9.9.9.9]:80").key).toBe("ip:9.9.9.9");
    const forwarded = { forwarded: 'for="[2001:db8::1]:4711"' };
    expect(find({ ...behindLoopback, header: "Forwarded" }, forwarded).key).toBe("ip:2001:db8::/64");
  });

  test("case 19: an address and its mapped forms are one bucket", () => {
    const peers = [
      "127.0.0.1",
      "::ffff:127.0.0.1",
      "::ffff:7f00:1",
      "::FFFF:7F00:0001",
      "0:0:0:0:0:ffff:127.0.0.1",
    ];
    expect(new Set(peers.map((peer) => find({}, {}, peer).key))).toEqual(new Set(["ip:127.0.0.1"]));
  });

  test("case 20: one /64 is one bucket, two are two", () => {
    const keys = new Set<string | undefined>();
    const identify = clientIp();
    for (let i = 0; i < 100_000; i++) {
      const peer = `2001:db8:0:7:${(i >> 8).toString(16)}::${(i & 255).toString(16)}`;
      const found = identify(fakeRequest({}, peer), ignoreWarnings) as { key: string };
      keys.add(found.key);
    }
    expect([...keys]).toEqual(["ip:2001:db8:0:7::/64"]);
    expect(find({}, {}, "2001:db8:0:8::1").key).toBe("ip:2001:db8:0:8::/64");
  });

  test("case 20: mapped addresses are not one /64", () => {
    expect(find({}, {}, "::ffff:1.1.1.1").key).toBe("ip:1.1.1.1");
    expect(find({}, {}, "::ffff:2.2.2.2").key).toBe("ip:2.2.2.2");
  });

  test("case 20: ipv6Prefix chooses the network", () => {
    const peer = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff";
    expect(find({ ipv6Prefix: 32 }, {}, peer).key).toBe("ip:2001:db8::/32");
    expect(find({ ipv6Prefix: 56 }, {}, peer).key).toBe("ip:2001:db8:ffff:ff00::/56");
    expect(find({ ipv6Prefix: 128 }, {}, peer).key).toBe(`ip:${peer}/128`);
  });

  test("case 21: zones do not make buckets", () => {
    expect(find({ ipv6Prefix: 128 }, {}, "fe80::1%eth0").key).toBe("ip:fe80::1/128");
    expect(find({ ipv6Prefix: 128 }, {}, "fe80::1%eth1").key).toBe("ip:fe80::1/128");
  });

  test.each([undefined, "", "/run/app.sock", "unknown"])(
    "case 23: the peer address %j finds nobody",
    (peer) => {
      const { warn, warnings } = keepWarnings();
      const request = { ...fakeRequest({ "x-forwarded-for": "9.9.9.9" }), remoteAddress: peer };
      expect(clientIp(behindLoopback)(request, warn)).toBeUndefined();
      expect(warnings.map(({ code }) => code)).toEqual(["ADDRESS_MISSING"]);
    },
  );

  test("case 24: of 2,000 hops only the rightmost is read, and the header once", () => {
    const request = fakeRequest({ "x-forwarded-for": `${"junk,".repeat(2000)}9.9.9.9` });
    expect(clientIp(behindLoopback)(request, ignoreWarnings)).toEqual({
      key: "ip:9.9.9.9",
      group: "default",
    });
    expect(request.reads).toBe(1);
  });

  test("case 24: 2,000 trusted hops lead to the farthest", () => {
    expect(forwardedFor(`9.9.9.9${",127.1.1.1".repeat(2000)}`).key).toBe("ip:9.9.9.9");
    const forwarded = { forwarded: `for=9.9.9.9${",for=127.1.1.1".repeat(2000)}` };
    expect(find({ ...behindLoopback, header: "forwarded" }, forwarded).key).toBe("ip:9.9.9.9");
  });
});

describe("a header with a single address", () => {
  const realIp = { ...behindLoopback, header: "X-Real-IP" };

  test("is believed from a trusted peer", () => {
    expect(find(realIp, { "x-real-ip": " 9.9.9.9 " })).toEqual({ key: "ip:9.9.9.9", codes: [] });
    const cloudflare = { ...behindLoopback, header: "cf-connecting-ip" };
    expect(find(cloudflare, { "cf-connecting-ip": "2001:db8::1" }).key).toBe("ip:2001:db8::/64");
  });

  test.each([["9.9.9.9, 8.8.8.8"], ["8.8.8.8,"], [""], ["unknown"]])("case 17: %j is malformed", (value) => {
    const malformed = { key: "ip:127.0.0.1", codes: ["FORWARDED_MALFORMED"] };
    expect(find(realIp, { "x-real-ip": value })).toEqual(malformed);
  });

  test("case 17: two lines are malformed, also where a framework shows one of them", () => {
    const malformed = { key: "ip:127.0.0.1", codes: ["FORWARDED_MALFORMED"] };
    expect(find(realIp, { "x-real-ip": ["9.9.9.9", "8.8.8.8"] })).toEqual(malformed);
    const request = { ...fakeRequest(), header: () => "9.9.9.9", headerLines: () => 2 };
    expect(clientIp(realIp)(request, ignoreWarnings)).toEqual({ key: "ip:127.0.0.1", group: "default" });
  });

  test("another forwarding header is not looked at", () => {
    expect(find(realIp, { "x-forwarded-for": "9.9.9.9" })).toEqual({ key: "ip:127.0.0.1", codes: [] });
  });
});

describe("publicOnly", () => {
  const options = { publicOnly: true, trustedProxies: ["127.0.0.0/8", "8.8.4.4"], header: "x-real-ip" };

  test("a non-public peer is nobody", () => {
    expect(find(options).key).toBeUndefined();
    expect(find({ publicOnly: true }, { "x-forwarded-for": "9.9.9.9" }, "10.0.0.1").key).toBeUndefined();
    expect(find({ publicOnly: true }, {}, "fe80::1%eth0").key).toBeUndefined();
  });

  test("a non-public peer that is trusted may forward for a public address only", () => {
    expect(find(options, { "x-real-ip": "9.9.9.9" }).key).toBe("ip:9.9.9.9");
    expect(find(options, { "x-real-ip": "192.168.0.1" }).key).toBeUndefined();
    expect(find(options, { "x-real-ip": "junk" }).key).toBeUndefined();
  });

  test("a public peer counts", () => {
    expect(find({ publicOnly: true }, {}, "9.9.9.9").key).toBe("ip:9.9.9.9");
    expect(find(options, { "x-real-ip": "10.0.0.1" }, "8.8.4.4").key).toBeUndefined();
  });
});

describe("options", () => {
  const everyone = [
    true,
    "*",
    ["*"],
    ["0.0.0.0/0"],
    ["::/0"],
    ["10.0.0.0/8", "0.0.0.0/0"],
    ["0.0.0.0/1", "128.0.0.0/1"],
  ];

  test.each(everyone)("case 16: trust in %j throws", (trustedProxies) => {
    const build = () => clientIp({ trustedProxies } as ClientIpOptions);
    expect(build).toThrow(TypeError);
    expect(build).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => clientIp({ trustedProxies, unsafeTrustAll: false } as ClientIpOptions)).toThrow(TypeError);
  });

  test.each([
    ["::ffff:10.0.0.0/8", "10.0.0.0/8"],
    ["::ffff:0:0/96", "0.0.0.0/32"],
    ["10.0.0.0/33", "10.0.0.0/32"],
    ["::/129", "::/128"],
  ])("case 16: %s throws and names %s", (cidr, nearest) => {
    const error = expect.objectContaining({ code: "INVALID_ADDRESS", value: cidr, nearest });
    expect(() => clientIp({ trustedProxies: [cidr] })).toThrow(error);
  });

  test.each(["10.0.0", "10.0.0.0/08", "10.0.0.0/-1", "loopback", "", "fe80::1%eth0", "10.0.0.1:80", null, 7])(
    "case 16: %j is no proxy",
    (entry) => {
      const error = expect.objectContaining({ code: "INVALID_ADDRESS" });
      expect(() => clientIp({ trustedProxies: [entry as string] })).toThrow(error);
    },
  );

  test("case 16: with unsafeTrustAll the leftmost hop counts", () => {
    const hops = "6.6.6.6, 9.9.9.9";
    expect(forwardedFor(hops, { unsafeTrustAll: true }).key).toBe("ip:6.6.6.6");
    expect(forwardedFor(hops, { unsafeTrustAll: true, trustedProxies: true }).key).toBe("ip:6.6.6.6");
    expect(forwardedFor(hops, { unsafeTrustAll: true, trustedProxies: "*" }).key).toBe("ip:6.6.6.6");
    expect(forwardedFor(hops, { unsafeTrustAll: true, trustedProxies: ["*"] }).key).toBe("ip:6.6.6.6");
    expect(forwardedFor(hops, { unsafeTrustAll: true, trustedProxies: ["0.0.0.0/0"] }).key).toBe(
      "ip:6.6.6.6",
    );
  });

  test("case 16: unsafeTrustAll beside a list trusts the list", () => {
    const options = { unsafeTrustAll: true, trustedProxies: ["127.0.0.0/8"] };
    expect(forwardedFor("6.6.6.6, 9.9.9.9", options).key).toBe("ip:9.9.9.9");
    expect(forwardedFor("9.9.9.9", { unsafeTrustAll: true, trustedProxies: [] }).key).toBe("ip:127.0.0.1");
  });

  test.each([
    [{ trustedProxies: "10.0.0.0/8" }, { code: "INVALID_OPTION", nearest: ["10.0.0.0/8"] }],
    [{ trustedProxies: false }, { code: "INVALID_OPTION", nearest: [] }],
    [{ ipv6Prefix: 31 }, { code: "INVALID_OPTION", nearest: 32 }],
    [{ ipv6Prefix: 129 }, { code: "INVALID_OPTION", nearest: 128 }],
    [{ ipv6Prefix: "48" }, { code: "INVALID_OPTION", nearest: 48 }],
    [{ hops: "2" }, { code: "INVALID_OPTION", nearest: 2 }],
    [{ ipv6Prefix: Number.NaN }, { code: "INVALID_OPTION" }],
    [{ header: "x forwarded" }, { code: "INVALID_OPTION" }],
    [{ publicOnly: "yes" }, { code: "INVALID_OPTION", path: "publicOnly" }],
    [{ unsafeTrustAll: 1 }, { code: "INVALID_OPTION", path: "unsafeTrustAll" }],
    [{ trustProxies: [] }, { code: "UNKNOWN_OPTION", nearest: "trustedProxies" }],
    [null, { code: "INVALID_OPTION" }],
  ])("%j throws", (options, error) => {
    expect(() => clientIp(options as ClientIpOptions)).toThrow(TypeError);
    expect(() => clientIp(options as ClientIpOptions)).toThrow(expect.objectContaining(error));
  });
});
