/** Keys longer than this are hashed before they reach a store. */
const LONGEST = 256;

const secret: Uint16Array = new Uint16Array(LONGEST + 1);
let start = 0;
let isDrawn = false;

/**
 * A 32-bit hash (signed, as the engine keeps those without a box) of a key of at most 256 UTF-16 units, under a secret of
 * this process, so that nobody outside can choose keys that collide. NH of UMAC (RFC 4418, section 5.2) over pairs of
 * 16-bit units, then the finaliser of MurmurHash3 to spread it.
 */
export function hashKey(key: string): number {
  if (!isDrawn) draw();
  const { length } = key;
  let sum = start ^ length;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    sum = (sum + product(key.charCodeAt(i) + secret[i], key.charCodeAt(i + 1) + secret[i + 1])) | 0;
  }
  if (i < length) sum = (sum + product(key.charCodeAt(i) + secret[i], secret[i + 1])) | 0;
  return spread(sum);
}

/** With the first key: Cloudflare Workers forbid randomness while a program loads. */
function draw(): void {
  globalThis.crypto.getRandomValues(secret);
  [start] = globalThis.crypto.getRandomValues(new Int32Array(1));
  isDrawn = true;
}

function product(a: number, b: number): number {
  return Math.imul(a & 0xffff, b & 0xffff);
}

function spread(bits: number): number {
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
