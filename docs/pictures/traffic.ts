/** How long the traffic lasts, in milliseconds. */
export const END_MS = 80_000;

/** When calls arrive, in milliseconds. No two at once, so that each can be told from the next. */
export const traffic: readonly number[] = [
  ...every(1000, 500, 10_000), // as fast as the limit allows
  ...burst(18_600, 12), // just before a window ends,
  ...burst(20_200, 12), // and just after
  ...every(400, 30_200, 50_000), // two and a half times too fast
  ...burst(74_200, 25), // after a pause
];

function every(stepMs: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs);
}

function burst(atMs: number, calls: number): number[] {
  return Array.from({ length: calls }, (_, i) => atMs + i * 20);
}
