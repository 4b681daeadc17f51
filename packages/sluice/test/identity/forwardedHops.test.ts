import { expect, test } from "vitest";
import { formatAddress } from "../../src/identity/addresses/formatAddress.ts";
import { forwardedHops } from "../../src/identity/addresses/forwardedHops.ts";

const hops = (value: string) =>
  [...forwardedHops(value)].map((hop) => (hop === undefined ? "?" : formatAddress(hop)));

test.each([
  ["for=9.9.9.9", ["9.9.9.9"]],
  ["For=9.9.9.9;proto=https;by=10.0.0.1", ["9.9.9.9"]],
  ["by=10.0.0.1; host=a ; for=9.9.9.9 ;", ["9.9.9.9"]],
  ["for=6.6.6.6, for=9.9.9.9", ["9.9.9.9", "6.6.6.6"]],
  ['for="[2001:db8::1]:4711"', ["2001:db8::1"]],
  ['for="9.9.9.9:_port"', ["9.9.9.9"]],
  ["for=9.9.9.9:80", ["9.9.9.9"]],
  ['for="9.9.9\\.9"', ["9.9.9.9"]],
  ['for=9.9.9.9;host="a,b;for=6.6.6.6"', ["9.9.9.9"]],
  ['for=9.9.9.9;host="a\\", for=6.6.6.6;x=\\""', ["9.9.9.9"]],
  ['for=9.9.9.9;host="a\\\\\\", for=6.6.6.6;x=\\""', ["9.9.9.9"]],
  ['for=9.9.9.9;host="a\\\\", for=8.8.8.8', ["8.8.8.8", "9.9.9.9"]],
])("reads %s", (value, expected) => {
  expect(hops(value)).toEqual(expected);
});

test.each([
  "",
  "for=",
  "for",
  "proto=https",
  "for=unknown",
  'for="_hidden"',
  "for=2001:db8::1x",
  "for=9.9.9.9;for=8.8.8.8",
  "for=9.9.9.9 proto=https",
  'for="9.9.9.9',
  'for=9.9.9.9"',
  "9.9.9.9",
])("case 17: %j is malformed", (value) => {
  expect(hops(value)).toEqual(["?"]);
});

test.each(['for="', 'for="\\', '"', 'x=";for=6.6.6.6', "for=6.6.6.6;x=\\"])(
  "what a client leaves open (%s) does not swallow what our proxy adds",
  (left) => {
    expect(hops(`${left}, for=9.9.9.9`)[0]).toBe("9.9.9.9");
    expect(hops(`${left}, for="[2001:db8::1]:80";host="a\\"b"`)[0]).toBe("2001:db8::1");
  },
);
