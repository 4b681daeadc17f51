import type { Decision, LimitDecision } from "../limiter/Decision.ts";
import { fieldOf } from "./fieldOf.ts";
import type { HeaderTemplate } from "./HeaderStyle.ts";
import type { HeaderList } from "./HeaderList.ts";
import { ceilSeconds } from "./ceilSeconds.ts";

/** The fields of a template for one decision, at `nowMs` since the epoch. */
export function templateFields(
  template: HeaderTemplate,
  decision: Decision,
  limits: readonly LimitDecision[],
  nowMs: number,
): HeaderList {
  const { limit, remaining, reset, resetAs = "seconds" } = template;
  const fields: [string, string][] = [];
  const add = (field: string | undefined, value: (of: Decision | LimitDecision) => string) => {
    if (field === undefined) return;
    if (!field.includes("{name}")) fields.push([field, value(decision)]);
    else for (const each of limits) fields.push([fieldOf(field, each.name), value(each)]);
  };
  add(limit, (of) => `${of.limit}`);
  add(remaining, (of) => `${of.remaining}`);
  add(reset, (of) => writeReset(of.resetAfterMs, resetAs, nowMs));
  return fields;
}

function writeReset(ms: number, as: NonNullable<HeaderTemplate["resetAs"]>, nowMs: number): string {
  if (as === "duration") return goDuration(ms);
  if (as === "rfc3339")
    return new Date(Math.ceil((nowMs + ms) / 1000) * 1000).toISOString().replace(".000Z", "Z");
  return `${ceilSeconds(as === "unix" ? nowMs + ms : ms)}`;
}

/** As Go writes durations, in whole milliseconds rounded up: `250ms`, `1.5s`, `6m0s`, `1h0m0s`. */
function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole < 1000) return whole === 0 ? "0s" : `${whole}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = `${(whole % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
