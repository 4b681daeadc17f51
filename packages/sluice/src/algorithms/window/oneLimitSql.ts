import type { OneLimitSql, Stored } from "../OneLimitSql.ts";

const current = ([began, count]: Stored) => `case when ${began} = start then ${count} else 0 end`;
/** A window that began before this one is the one before: else it would have expired. */
const previous = ([began, count, before]: Stored) =>
  `case when ${began} = start then ${before} else ${count} end * sliding`;
const weighted = (before: string) => `(least(${before}, most) * (ticks - elapsed) + ticks - 1) / ticks`;

/** The step of `sql.ts`. Windows that begin at the first call, and a clock that stepped back over an edge, are left to that. */
export const windowOneLimit: OneLimitSql = {
  parameters: 5,
  knows: "p[17] = 1",
  declares: `
    most bigint := p[13];
    width bigint := p[14];
    tick bigint := p[15];
    sliding bigint := p[16];
    ticks bigint := width / tick;
    elapsed bigint := now % width / tick;
    start bigint := now - now % width;`,
  usual: ([began]) => `${began} <= start`,
  fits: (stored) => `${current(stored)} + cost + ${weighted(previous(stored))} <= most`,
  charged: (stored) => ({
    state: ["start", `${current(stored)} + cost`, previous(stored)],
    expires: "start + width + width * sliding",
  }),
  remaining: ([, count, before]) => `most - ${count} - ${weighted(before)}`,
  refused(stored) {
    const [used, before] = [current(stored), previous(stored)];
    const wait = `case when sliding = 0 then 0
      when ${used} > most - cost then (ticks - (most - cost) * ticks / least(${used}, most)) * tick
      else - (most - cost - ${used}) * ticks / least(${before}, most) * tick end + start + width - now`;
    const reset = `start + width - now + case when ${used} > 0 then width * sliding else 0 end`;
    return [wait, `greatest(0, most - ${used} - ${weighted(before)})`, reset, "start", used, before];
  },
};
