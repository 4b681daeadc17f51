/**
 * `floor(a / b)` for integers `0 <= a < 2^53`, `0 < b < 2^53`. The quotient of two doubles can round up to the next
 * integer, so it is checked by multiplying back.
 */
export function floorDivide(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}

/** `ceil(a / b)`, for the same integers. */
export function ceilDivide(a: number, b: number): number {
  const quotient = floorDivide(a, b);
  return quotient * b < a ? quotient + 1 : quotient;
}
