/** How long the traffic lasts, in milliseconds. */
export const END_MS = 90_000;

/** When calls arrive, in milliseconds. No two at once, so that each can be told from the next. */
export const traffic: readonly number[] = [
  ...every(1000, 500, 10_000), // as fast as the limit allows
  ...burst(18_600, 12), // just before a window ends,
  ...burst(20_200, 12), // and just after
  ...burst(38_600, 12), // late in a window again,
  ...every(400, 40_000, 60_000), // and then two and a half times too fast
  ...burst(84_200, 25), // after a pause
];

function every(stepMs: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, i) => fromMs + i * stepMs);
}

function burst(atMs: number, calls: number): number[] {
  return Array.from({ length: calls }, (_, i) => atMs + i * 20);
}
