import type { Clock } from "../Clock.ts";
import type { StoredRecord } from "../record.ts";

/** Microseconds by which the wall clocks of hosts may differ. With NTP it is a few thousand. */
const MOST_SKEW = 5_000_000;

/**
 * The instant of a decision. A record that is a little ahead of this host's clock was written by a host whose clock is
 * ahead: then its time holds, or else each host would, after a repair, give back what the clocks differ by, again and
 * again. A record that is far ahead tells that a clock was set back: the decision repairs it.
 */
export function timeOfKey(clock: Clock, records: readonly StoredRecord[]): number {
  const now = clock();
  const latest = Math.max(0, ...records.map(latestTime));
  return latest > now && latest - now <= MOST_SKEW ? latest : now;
}

/** The first number of a state is a time. */
function latestTime(record: StoredRecord): number {
  let latest = 0;
  for (let at = 1; at < record.length; at += 3 + record[at + 2])
    if (record[at + 2] > 0) latest = Math.max(latest, record[at + 3]);
  return latest;
}
