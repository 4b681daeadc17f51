import type { Passage } from "./Passage.ts";
import type { Ruling } from "./Ruling.ts";

/** What gives back what rules hold for a request; undefined if they hold nothing. */
export function whenEnded(rulings: readonly Ruling[]): Passage["ended"] {
  if (!holdAny(rulings)) return undefined;
  return async () => void (await Promise.all(rulings.map(async ({ release }) => release?.())));
}

function holdAny(rulings: readonly Ruling[]): boolean {
  for (const { release } of rulings) if (release !== undefined) return true;
  return false;
}
