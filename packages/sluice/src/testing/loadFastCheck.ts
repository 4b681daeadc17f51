/** The module `fast-check`, of which the suites draw their random cases. */
export type FastCheck = typeof import("fast-check");

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
