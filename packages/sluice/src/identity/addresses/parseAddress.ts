/**
 * An IP address as bits: 2 groups of 16 bits for IPv4, 8 for IPv6. IPv4-mapped IPv6 (`::ffff:203.0.113.9`) is IPv4,
 * so one machine has one address however its peer writes it.
 */
export interface Address {
  readonly version: 4 | 6;
  readonly groups: readonly number[];
  /** Its canonical text, if that is how it was written: IPv4 has no other spelling. */
  readonly text?: string | undefined;
}

const DOT = 46;
const ZERO = 48;
/** How a socket that listens for both kinds writes a peer that has IPv4. */
const MAPPED = "::ffff:";
const LONGEST_IPV6 = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".length;

/**
 * Reads an address as strictly as `inet_pton`: no leading zeros, no hexadecimal IPv4, no short forms, no spaces.
 * The zone of an IPv6 address (`%eth0`) is dropped: it is the receiver's own name for an interface.
 * @returns undefined for anything else
 */
export function parseAddress(text: string): Address | undefined {
  if (!text.includes(":")) return addressOfIPv4(text);
  const mapped = text.startsWith(MAPPED) ? addressOfIPv4(withoutZone(text.slice(MAPPED.length))) : undefined;
  if (mapped !== undefined) return mapped;
  const groups = parseIPv6(withoutZone(text));
  if (groups === undefined) return undefined;
  return isMapped(groups) ? { version: 4, groups: groups.slice(6) } : { version: 6, groups };
}

function addressOfIPv4(text: string): Address | undefined {
  const groups = parseIPv4(text);
  return groups && { version: 4, groups, text };
}

/** Digit by digit: it is done for every request, and a regular expression takes three times as long. */
function parseIPv4(text: string): number[] | undefined {
  let bits = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT && digits > 0 && ++dots < 4) {
      bits = bits * 256 + byte;
      byte = digits = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || (digits > 0 && byte === 0)) return undefined;
    byte = byte * 10 + digit;
    digits++;
    if (byte > 255) return undefined;
  }
  if (dots !== 3 || digits === 0) return undefined;
  return [Math.floor(bits / 256), (bits % 256) * 256 + byte];
}

function parseIPv6(text: string): number[] | undefined {
  if (text.length > LONGEST_IPV6) return undefined;
  const gap = text.indexOf("::");
  const head = gap === -1 ? [] : readGroups(text.slice(0, gap), false);
  const tail = readGroups(gap === -1 ? text : text.slice(gap + 2), true);
  if (head === undefined || tail === undefined) return undefined;
  const zeros = 8 - head.length - tail.length;
  if (gap === -1 ? zeros !== 0 : zeros < 1) return undefined;
  return [...head, ...Array<number>(zeros).fill(0), ...tail];
}

/** The groups between colons; the last word may be dotted IPv4 where the address ends. */
function readGroups(text: string, ends: boolean): number[] | undefined {
  if (text === "") return [];
  const words = text.split(":");
  const dotted = ends && text.includes(".") ? parseIPv4(words.pop()!) : [];
  if (dotted === undefined || !words.every((word) => /^[\da-f]{1,4}$/i.test(word))) return undefined;
  return [...words.map((word) => Number.parseInt(word, 16)), ...dotted];
}

function withoutZone(text: string): string {
  const percent = text.indexOf("%");
  return percent === -1 || percent === text.length - 1 ? text : text.slice(0, percent);
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}
