/** The largest amount that a limit can have. */
export const LARGEST_AMOUNT = 1_000_000_000;
