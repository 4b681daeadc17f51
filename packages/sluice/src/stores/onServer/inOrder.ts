/** One that is lost on its way must not keep those behind it for ever, in milliseconds. */
const LONGEST = 1000;

interface Work {
  /** Undefined: at once. */
  readonly begun: Promise<unknown> | undefined;
  readonly ended: Promise<void>;
}

/**
 * Keeps in order what several connections would do beside each other: what names a record begins when all that named it
 * before has ended, or has been under way for a second.
 */
export function inOrder(): <Answer>(
  names: readonly string[],
  work: () => Promise<Answer>,
) => Promise<Answer> {
  const last = new Map<string, Work>();

  return (names, work) => {
    const before = new Set(names.flatMap((name) => last.get(name) ?? []));
    const begun = before.size === 0 ? undefined : Promise.all(Array.from(before, endedOrLate));
    const answer = begun === undefined ? work() : begun.then(work);
    const own = { begun, ended: answer.then(leave, leave) };
    for (const name of names) last.set(name, own);
    return answer;

    function leave(): void {
      for (const name of names) if (last.get(name) === own) last.delete(name);
    }
  };
}

async function endedOrLate({ begun, ended }: Work): Promise<void> {
  await begun;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST)));
  await Promise.race([ended, late]);
  clearTimeout(timer);
}
