/** Programs send few fields; what a proxy of theirs makes up is not kept. */
const REMEMBERED = 100;
const known = new Map<string, string>();

/** A field's name in lower case, always the same string: an engine finds by it what it must search for by a new one. */
export function lowerCase(name: string): string {
  const lower = known.get(name);
  if (lower !== undefined) return lower;
  if (known.size < REMEMBERED) known.set(name, name.toLowerCase());
  return name.toLowerCase();
}
