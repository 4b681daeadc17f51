import type { Address } from "./parseAddress.ts";

/** An address as canonical text: dotted IPv4, or IPv6 by RFC 5952 (`2001:db8::1`). */
export function formatAddress({ version, groups, text }: Address): string {
  if (text !== undefined) return text;
  if (version === 4) {
    const [high, low] = groups;
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const gap = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (gap.length < 2) return hex.join(":");
  return `${hex.slice(0, gap.start).join(":")}::${hex.slice(gap.start + gap.length).join(":")}`;
}

/** The longest run of zero groups, the first of equals. */
function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  groups.forEach((group, i) => {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i + 1 - length, length };
  });
  return best;
}
