/** The text of each machine, in their order, of which that of the limit at hand is run. */
export function chosenByMachine(texts: readonly (string | undefined)[]): string {
  const ways = texts.flatMap((text, i) =>
    text === undefined ? [] : [`if p[limit_at] = ${i + 1} then${text}`],
  );
  return `${ways.join("els")}end if;`;
}
