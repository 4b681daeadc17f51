import { type AlgorithmUnderTest, testAlgorithm } from "../../src/testing/index.ts";

const DRIFT = "a million fractional refills drift by nothing";

/** Runs the laws outside of any test runner, and names those that are broken, in order. */
export async function brokenPromises<Options>(
  subject: AlgorithmUnderTest<Options>,
  { withDrift = false }: { withDrift?: boolean } = {},
): Promise<string[]> {
  const promises: { name: string; hold: () => Promise<void> }[] = [];
  testAlgorithm(subject, {
    describe: (_, body) => body(),
    test: (name, hold) => promises.push({ name, hold }),
  });
  const found: string[] = [];
  for (const { name, hold } of promises) {
    if (withDrift || name !== DRIFT) await hold().catch(() => found.push(name));
  }
  return found;
}
