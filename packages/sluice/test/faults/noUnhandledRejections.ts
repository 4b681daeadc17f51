import { afterAll, afterEach, beforeAll, expect } from "vitest";

/** Fails each test of a file that leaves a rejected promise which nobody listened to. */
export function noUnhandledRejections(): void {
  const seen: unknown[] = [];
  const note = (reason: unknown) => void seen.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));
  afterEach(async () => {
    await new Promise(setImmediate);
    expect(seen.splice(0)).toEqual([]);
  });
}
