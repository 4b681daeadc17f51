import type { Arbitrary, FastCheck } from "../loadFastCheck.ts";

/** One call of a random history, told by what the limit says at that moment, so that calls fall where it is delicate. */
export interface Move {
  /** What passes before the call; `share` is of two windows. */
  readonly pass: "nothing" | "a moment" | "a share" | "until an edge" | "the wait" | "the reset";
  readonly share: number;
  /** Microseconds that are added to it. */
  readonly late: -1 | 0 | 1;
  /** What the call costs; `part` is of the limit. */
  readonly cost: "nothing" | "one" | "a part" | "what remains" | "the limit";
  readonly part: number;
  /** What is added to the cost. */
  readonly more: -1 | 0 | 1;
}

const LONGEST_HISTORY = 24;

/** Random histories of a few calls. Small ones come first, so that what fails is told shortly. */
export function randomMoves({ array, constantFrom, record, integer }: FastCheck): Arbitrary<Move[]> {
  const share = integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);
  const off = constantFrom<(0 | 1 | -1)[]>(0, 1, -1);
  const move = record({
    pass: constantFrom("nothing", "a moment", "a share", "until an edge", "the wait", "the reset"),
    share,
    late: off,
    cost: constantFrom("one", "a part", "what remains", "the limit", "nothing"),
    part: share,
    more: off,
  } satisfies { [name in keyof Move]: Arbitrary<Move[name]> });
  return array(move, { minLength: 1, maxLength: LONGEST_HISTORY, size: "max" });
}
