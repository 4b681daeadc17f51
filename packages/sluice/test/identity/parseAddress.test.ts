import { isIP } from "node:net";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress } from "../../src/identity/addresses/formatAddress.ts";
import { type Address, parseAddress } from "../../src/identity/addresses/parseAddress.ts";

// Words that addresses are made of, so that most samples are nearly right.
const nearAddress = fc
  .array(
    fc.constantFrom(
      "0",
      "1",
      "01",
      "255",
      "256",
      "ffff",
      "DB8",
      "g",
      "12345",
      ":",
      "::",
      ".",
      "1.2.3.4",
      "/",
      " ",
    ),
    {
      maxLength: 17,
    },
  )
  .map((words) => words.join(""));

function bits(text: string): Pick<Address, "version" | "groups"> {
  const { version, groups } = parseAddress(text)!;
  return { version, groups };
}

test("accepts what node:net accepts, zones aside", () => {
  const samples = fc.oneof(nearAddress, fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string());
  fc.assert(
    fc.property(samples, (text) => {
      fc.pre(!text.includes("%"));
      expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
    }),
    { numRuns: 20_000 },
  );
});

test("what it reads is written and read again as the same bits", () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
      const address = parseAddress(text)!;
      expect(bits(formatAddress(address))).toEqual(bits(text));
    }),
  );
});

test("an address that keeps its text is written as its bits say, mapped or with a zone", () => {
  const written = fc.tuple(
    fc.constantFrom("", "::ffff:", "::FFFF:"),
    fc.ipV4(),
    fc.constantFrom("", "%eth0"),
  );
  fc.assert(
    fc.property(written, ([prefix, ipv4, zone]) => {
      const address = parseAddress(prefix + ipv4 + (prefix === "" ? "" : zone))!;
      expect(formatAddress(address)).toBe(ipv4);
      expect(formatAddress({ version: address.version, groups: address.groups })).toBe(ipv4);
    }),
  );
});

test.each([
  ["0.0.0.0", 4, [0, 0]],
  ["203.0.113.9", 4, [0xcb00, 0x7109]],
  ["::", 6, [0, 0, 0, 0, 0, 0, 0, 0]],
  ["2001:DB8::a:1", 6, [0x2001, 0xdb8, 0, 0, 0, 0, 0xa, 1]],
  ["1:2:3:4:5:6:7::", 6, [1, 2, 3, 4, 5, 6, 7, 0]],
  ["::2:3:4:5:6:7:8", 6, [0, 2, 3, 4, 5, 6, 7, 8]],
  ["64:ff9b::1.2.3.4", 6, [0x64, 0xff9b, 0, 0, 0, 0, 0x102, 0x304]],
  ["::ffff:0:1.2.3.4", 6, [0, 0, 0, 0, 0xffff, 0, 0x102, 0x304]],
  ["::1.2.3.4", 6, [0, 0, 0, 0, 0, 0, 0x102, 0x304]],
])("%s", (text, version, groups) => {
  expect(bits(text)).toEqual({ version, groups });
});

test.each(["127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:127.0.0.1%eth0"])(
  "case 19: %s is the IPv4 address 127.0.0.1",
  (text) => {
    expect(bits(text)).toEqual({ version: 4, groups: [0x7f00, 1] });
  },
);

test.each(["fe80::1%eth0", "fe80::1%25", "fe80::1%a%b"])("case 21: the zone of %s is dropped", (text) => {
  expect(parseAddress(text)).toEqual(parseAddress("fe80::1"));
});

test.each(["fe80::1%", "%eth0", "127.0.0.1%eth0", "1.2.3.4%:"])(
  "%s: a zone needs an IPv6 address and a name",
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

test("text longer than any address is not taken apart", () => {
  expect(parseAddress("0:".repeat(8000))).toBeUndefined();
  expect(parseAddress("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")).toBeDefined();
});
