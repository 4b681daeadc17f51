import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatAddress } from "../../src/identity/addresses/formatAddress.ts";
import { parseAddress } from "../../src/identity/addresses/parseAddress.ts";

test.each([
  ["2001:0db8:0000:0000:0000:0000:0002:0001", "2001:db8::2:1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:DB8::AbCd", "2001:db8::abcd"],
  ["0:0:0:0:0:0:0:0", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["255.255.0.1", "255.255.0.1"],
])("RFC 5952: %s is written %s", (text, canonical) => {
  expect(formatAddress(parseAddress(text)!)).toBe(canonical);
});

test("IPv6 is written as the URL standard writes it", () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((part) => part.toString(16)).join(":");
      expect(`[${formatAddress({ version: 6, groups })}]`).toBe(new URL(`http://[${long}]/`).hostname);
    }),
  );
});
