/** How many keys the large columns use. */
export const MANY = 1_000_000;

/** Keys as a server would have them, a quarter of them addresses. */
export function makeKeys(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) =>
    i % 4 === 0 ? `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}` : `user:${i}`,
  );
}

/** Which key each call takes: one after the other. */
export function inTurn(calls: number, keys: number): Uint32Array {
  return Uint32Array.from({ length: calls }, (_, i) => i % keys);
}

/** Every key as likely as every other. The same order each time. */
export function uniform(calls: number, keys: number): Uint32Array {
  const random = randoms();
  return Uint32Array.from({ length: calls }, () => Math.floor(random() * keys));
}

/** The n-th key as often as 1 / n says. Which keys are the frequent ones is scattered over all of them. */
export function zipf(calls: number, keys: number): Uint32Array {
  const random = randoms();
  const scatter = 611_953;
  return Uint32Array.from({ length: calls }, () => ((Math.floor(keys ** random()) - 1) * scatter) % keys);
}

/** Uniform in [0, 1), from a fixed seed (mulberry32). */
function randoms(): () => number {
  let state = 42;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
