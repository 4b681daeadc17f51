/** One that is lost on its way must not keep those behind it for ever, in milliseconds. */
const LONGEST_WAIT = 1000;

/**
 * Keeps in order what several connections would do beside each other: what names a record begins when all that named it
 * before has ended, or a second later.
 */
export function inOrder(): <Answer>(
  names: readonly string[],
  work: () => Promise<Answer>,
) => Promise<Answer> {
  const last = new Map<string, Promise<unknown>>();

  return (names, work) => {
    const before = new Set(names.flatMap((name) => last.get(name) ?? []));
    const answer = before.size === 0 ? work() : allEndedOrLate(before).then(work);
    const ended = answer.then(leave, leave);
    for (const name of names) last.set(name, ended);
    return answer;

    function leave(): void {
      for (const name of names) if (last.get(name) === ended) last.delete(name);
    }
  };
}

async function allEndedOrLate(works: Iterable<Promise<unknown>>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, LONGEST_WAIT)));
  await Promise.race([Promise.all(works), late]);
  clearTimeout(timer);
}
