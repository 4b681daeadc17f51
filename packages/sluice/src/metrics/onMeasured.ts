import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { Listenable } from "../events/EventStream.ts";
import type { Decision } from "../limiter/Decision.ts";
import { type DecisionOutcome, outcomeOf } from "./outcomeOf.ts";
import { refusingLimit } from "./refusingLimit.ts";

/** What is measured: a stream, or a limiter. */
export type MetricsSource = Listenable | { readonly events: Listenable };

/** A decision in the words of metrics: they are names of the program, and never a key. */
export interface Measured {
  readonly limiter: string;
  /** That refused; undefined if none did. */
  readonly limit: string | undefined;
  readonly outcome: DecisionOutcome;
  readonly degraded: Decision["degraded"];
  /** How long the store took, in milliseconds; undefined if it was not asked. */
  readonly latencyMs: number | undefined;
}

/**
 * Measures each decision from now on.
 * @returns ends it
 * @throws ConfigurationError `INVALID_OPTION` for what tells no events, such as the middleware of `rateLimit`
 */
export function onMeasured(
  source: MetricsSource,
  measure: (measured: Measured, decision: Decision) => void,
): () => void {
  return eventsOf(source).on("decision", ({ limiter, decision, dryRun, latencyMs }) => {
    const outcome = outcomeOf(decision, dryRun);
    const { degraded } = decision;
    measure({ limiter, limit: refusingLimit(decision), outcome, degraded, latencyMs }, decision);
  });
}

function eventsOf(source: MetricsSource): Listenable {
  const given = source as { events?: Listenable; on?: unknown } | null | undefined;
  const events = given?.events ?? given;
  if (typeof events?.on === "function") return events as Listenable;
  const message = `metrics are of a limiter or an eventStream(), the option events of rateLimit, not of ${show(source)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: source });
}
