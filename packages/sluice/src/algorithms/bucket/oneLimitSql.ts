import type { OneLimitSql, Stored } from "../OneLimitSql.ts";

/** After `longest` ticks every bucket is empty: so many are multiplied at most, or an idle year would not fit a bigint. */
const level = ([time, level]: Stored) =>
  `greatest(0, least(${level}, brim) - least(moment - ${time} / tick, longest) * rate)`;

const drainedAt = (amount: string) => `(moment + (${amount} + rate - 1) / rate) * tick`;

/** The step of `sql.ts`. A level in another unit is left to that. */
export const bucketOneLimit: OneLimitSql = {
  parameters: 4,
  knows: "true",
  declares: `
    unit bigint := p[14];
    rate bigint := p[15];
    tick bigint := p[16];
    brim bigint := p[13] * unit;
    longest bigint := brim / rate + 1;
    moment bigint := now / tick;`,
  usual: ([time, , stored]) => `${stored} = unit and ${time} <= now`,
  fits: (stored) => `${level(stored)} + cost * unit <= brim`,
  charged(stored) {
    const after = `${level(stored)} + cost * unit`;
    return { state: ["now", after, "unit"], expires: drainedAt(after) };
  },
  remaining: ([, after]) => `(brim - ${after}) / unit`,
  refused(stored) {
    const kept = level(stored);
    const wait = `${drainedAt(`${kept} + cost * unit - brim`)} - now`;
    return [wait, `(brim - ${kept}) / unit`, `${drainedAt(kept)} - now`, "now", kept, "unit"];
  },
};
