import { BlockList } from "node:net";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contains, parseCidr } from "../../src/identity/addresses/parseCidr.ts";
import { formatAddress } from "../../src/identity/addresses/formatAddress.ts";
import { type Address, parseAddress } from "../../src/identity/addresses/parseAddress.ts";

const within = (cidr: string, address: string) => contains(parseCidr("test", cidr), parseAddress(address)!);

function addresses(version: 4 | 6): fc.Arbitrary<Address> {
  const size = version === 4 ? 2 : 8;
  const groups = fc.array(fc.constantFrom(0, 1, 0x0a00, 0x8000, 0xfffe, 0xffff), {
    minLength: size,
    maxLength: size,
  });
  return groups
    .filter((parts) => version === 4 || parts.slice(0, 5).some((part) => part !== 0))
    .map((parts) => ({ version, groups: parts }));
}

test.each([4, 6] as const)("IPv%i ranges contain what a node:net BlockList blocks", (version) => {
  const prefixes = fc.integer({ min: 0, max: version === 4 ? 32 : 128 });
  fc.assert(
    fc.property(addresses(version), prefixes, addresses(version), (base, prefix, address) => {
      const list = new BlockList();
      list.addSubnet(formatAddress(base), prefix, `ipv${version}`);
      const expected = list.check(formatAddress(address), `ipv${version}`);
      expect(within(`${formatAddress(base)}/${prefix}`, formatAddress(address))).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});

test("a bare address is itself alone", () => {
  expect(within("10.0.0.1", "10.0.0.1")).toBe(true);
  expect(within("10.0.0.1", "10.0.0.2")).toBe(false);
  expect(within("::1", "::1")).toBe(true);
  expect(within("::ffff:10.0.0.1", "10.0.0.1")).toBe(true);
});

test("bits after the prefix are ignored", () => {
  expect(within("10.1.2.3/8", "10.200.0.1")).toBe(true);
});

test("IPv4 and IPv6 never contain each other", () => {
  expect(within("::/0", "1.2.3.4")).toBe(false);
  expect(within("0.0.0.0/0", "::1")).toBe(false);
  expect(within("::/64", "::ffff:1.2.3.4")).toBe(false);
});

test("case 16: mapped ranges become IPv4, and those shorter than /97 are refused", () => {
  expect(parseCidr("test", "::ffff:10.0.0.0/104")).toEqual(parseCidr("test", "10.0.0.0/8"));
  expect(parseCidr("test", "::ffff:128.0.0.0/97")).toEqual(parseCidr("test", "128.0.0.0/1"));
  for (const cidr of ["::ffff:10.0.0.0/8", "::ffff:10.0.0.0/96", "::ffff:0:0/0"]) {
    expect(() => parseCidr("test", cidr)).toThrow(expect.objectContaining({ code: "INVALID_ADDRESS" }));
  }
});
