/** What the suites need of a test runner: `describe` and `test` of vitest, Jest and node:test fit. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  /** A rejected promise is a failed test. node:test ignores the timeout, and has none unless told. */
  test(name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
}
