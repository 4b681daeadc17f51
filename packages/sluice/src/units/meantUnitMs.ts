import { nearestWord } from "../errors/nearestWord.ts";

const DAY = 86_400_000;

/** Units as people write them. A month and a year are none that we keep: the days of the longest month, and 365, stand for them. */
const UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    "ms msec msecs millis millisecond milliseconds": 1,
    "s sec secs second seconds": 1_000,
    "m min mins minute minutes": 60_000,
    "h hr hrs hour hours": 3_600_000,
    "d day days daily": DAY,
    "w week weeks": 7 * DAY,
    "mo month months": 31 * DAY,
    "y year years": 365 * DAY,
  }).flatMap(([names, ms]) => names.split(" ").map((name) => [name, ms])),
);

/** Milliseconds in a unit that may be misspelt; undefined where nobody can tell. */
export function meantUnitMs(word: string): number | undefined {
  const unit = word.toLowerCase();
  const known = UNITS.has(unit) || unit.length < 4 ? unit : nearestWord(unit, [...UNITS.keys()]);
  return known === undefined ? undefined : UNITS.get(known);
}
