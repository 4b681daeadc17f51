// Whoever takes only the clock has no fast-check. Then these are `any`, and no error where all declarations are checked.

/**
 * The module `fast-check`, of which the suites draw their random cases.
 * @ts-ignore */
export type FastCheck = typeof import("fast-check");

/**
 * Random values, as `fast-check` draws them.
 * @ts-ignore */
export type Arbitrary<Value> = import("fast-check").Arbitrary<Value>;

/** Loads fast-check when a test first runs, so that `sluice/testing` imports without it. */
export async function loadFastCheck(): Promise<FastCheck> {
  try {
    return await import("fast-check");
  } catch (cause) {
    throw new Error(
      "sluice/testing needs fast-check for its random cases: npm install --save-dev fast-check",
      {
        cause,
      },
    );
  }
}
