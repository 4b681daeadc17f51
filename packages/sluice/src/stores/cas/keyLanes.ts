/** So that a long line does not keep the process from others. */
const MOST_CALLS = 256;

interface Waiting<Call, Answer> {
  readonly call: Call;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * Keeps the calls on each key in a line: those that arrive while others of their key are served go together in the next
 * round. So a process never races with itself, and a busy key costs no more round trips than a quiet one.
 *
 * @param serve resolves to an answer, or an error, for the first calls, at least one; the others come again
 */
export function keyLanes<Call, Answer>(
  serve: (key: string, calls: readonly Call[]) => Promise<readonly (Answer | Error)[]>,
): (key: string, call: Call) => Promise<Answer> {
  const lanes = new Map<string, Waiting<Call, Answer>[]>();

  async function empty(key: string, lane: Waiting<Call, Answer>[]): Promise<void> {
    await Promise.resolve();
    while (lane.length > 0) {
      const calls = lane.slice(0, MOST_CALLS).map(({ call }) => call);
      const answers = await serve(key, calls).catch((error: unknown) => calls.map(() => error as Error));
      for (const answer of answers) {
        const { resolve, reject } = lane.shift()!;
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    }
    lanes.delete(key);
  }

  return (key, call) =>
    new Promise((resolve, reject) => {
      const known = lanes.get(key);
      const lane = known ?? [];
      lane.push({ call, resolve, reject });
      if (known !== undefined) return;
      lanes.set(key, lane);
      void empty(key, lane);
    });
}
