import type { LimiterEvent } from "./LimiterEvent.ts";
import { tell } from "./tell.ts";

/** Tells a listener, or the console where there is none. */
export function tellEvent(
  onEvent: ((event: LimiterEvent) => unknown) | undefined,
  event: LimiterEvent,
): void {
  if (onEvent === undefined) console.warn(`sluice: ${textOf(event)}`);
  else void tell("onEvent", onEvent, event);
}

function textOf(event: LimiterEvent): string {
  const who = JSON.stringify(event.limiter);
  if (event.type === "config") return `${event.error.code}: limiter ${who}: ${event.error.message}`;
  if (event.degraded === false) return `limiter ${who} is answered by its store again`;
  return `limiter ${who} is degraded (${event.degraded}): ${event.error?.message}`;
}
