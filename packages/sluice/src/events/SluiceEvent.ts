import type { Decision } from "../limiter/Decision.ts";
import type { ConfigEvent, DegradedEvent } from "./LimiterEvent.ts";
import type { Warning } from "./Warning.ts";

/** A call was decided, or a request by a rule: one for each, whatever became of it. Looks (`peek`) are not told. */
export interface DecisionEvent {
  readonly type: "decision";
  /** The name of the limiter, or the text of the rule: `POST /login`. */
  readonly limiter: string;
  /** It holds the key as it was given. */
  readonly decision: Decision;
  /** The rule only tells: nobody was refused, whatever the decision says. */
  readonly dryRun: boolean;
  /** How long the store took, in milliseconds; undefined if it was not asked, or several times in a wait. */
  readonly latencyMs: number | undefined;
}

/**
 * A memory store began to put new keys into shared buckets, or not to remember what is reserved, or has room again: told once
 * for each change.
 */
export interface CapacityEvent {
  readonly type: "capacity";
  /** What decisions on what is new say from now on. */
  readonly degraded: "overflow" | false;
  /** How many keys the store may hold, and how many reservations and permits beside them. */
  readonly maxKeys: number;
}

/** A warning: docs/warnings.md lists the codes. Told once for each code. */
export interface WarningEvent extends Warning {
  readonly type: "warning";
}

/** All events, by the names under which `events.on` tells them. */
export interface SluiceEvents {
  decision: DecisionEvent;
  degraded: DegradedEvent;
  capacity: CapacityEvent;
  warning: WarningEvent;
  config: ConfigEvent;
}

/** What can be listened to. */
export type EventType = keyof SluiceEvents;
/** Any event. */
export type SluiceEvent = SluiceEvents[EventType];
