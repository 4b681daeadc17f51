import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { LATENCY_BOUNDS_S } from "./Histogram.ts";
import { type Measured, type MetricsSource, onMeasured } from "./onMeasured.ts";

export type { MetricsSource } from "./onMeasured.ts";

type Attributes = Record<string, string>;

interface InstrumentSettings {
  description: string;
  unit: string;
  advice?: { explicitBucketBoundaries: number[] };
}

/** A meter of `@opentelemetry/api`. */
export interface OtelMeter {
  createCounter(
    name: string,
    settings: InstrumentSettings,
  ): { add(value: number, attributes: Attributes): void };
  createHistogram(
    name: string,
    settings: InstrumentSettings,
  ): { record(value: number, attributes: Attributes): void };
}

/** A tracer of `@opentelemetry/api`. */
export interface OtelTracer {
  startSpan(
    name: string,
    settings: { startTime: number; attributes: Attributes },
  ): { end(time: number): void };
}

/** What to tell. */
export interface OpenTelemetryOptions {
  /** `metrics.getMeter("sluice")`. Default: nothing is counted. */
  meter?: OtelMeter | undefined;
  /** `trace.getTracer("sluice")`: a span for each decision, within the span that is active. Default: no spans. */
  tracer?: OtelTracer | undefined;
}

/**
 * Tells OpenTelemetry what a limiter decides, or all limiters and guards of a stream: a counter `sluice.decisions`, a histogram
 * `sluice.store.duration` in seconds, and spans `sluice.decide`. Keys are never attributes.
 * @returns ends it
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function opentelemetry(source: MetricsSource, options: OpenTelemetryOptions): () => void {
  checkOptions("opentelemetry", options, ["meter", "tracer"]);
  const { meter, tracer } = options;
  checkOptional("meter", meter, ["createCounter", "createHistogram"]);
  checkOptional("tracer", tracer, ["startSpan"]);
  const count = meter && counting(meter);
  return onMeasured(source, (measured) => {
    const attributes = attributesOf(measured);
    count?.(measured, attributes);
    if (tracer !== undefined) trace(tracer, measured, attributes);
  });
}

function counting(meter: OtelMeter): (measured: Measured, attributes: Attributes) => void {
  const decisions = meter.createCounter("sluice.decisions", {
    description: "Decisions of rate limiters",
    unit: "{decision}",
  });
  const duration = meter.createHistogram("sluice.store.duration", {
    description: "Time that the store took for a decision",
    unit: "s",
    advice: { explicitBucketBoundaries: [...LATENCY_BOUNDS_S] },
  });
  return ({ limiter, latencyMs }, attributes) => {
    decisions.add(1, attributes);
    if (latencyMs !== undefined) duration.record(latencyMs / 1000, { "sluice.limiter": limiter });
  };
}

/** Made afterwards, so that whoever does not trace pays nothing: it lasts as long as the store took. */
function trace(tracer: OtelTracer, { latencyMs = 0 }: Measured, attributes: Attributes): void {
  const end = Date.now();
  tracer.startSpan("sluice.decide", { startTime: end - latencyMs, attributes }).end(end);
}

function attributesOf({ limiter, limit, outcome, degraded }: Measured): Attributes {
  return {
    "sluice.limiter": limiter,
    "sluice.outcome": outcome,
    ...(limit !== undefined && { "sluice.limit": limit }),
    ...(degraded !== false && { "sluice.degraded": degraded }),
  };
}

function checkOptional(option: string, value: object | undefined, verbs: readonly string[]): void {
  if (value === undefined) return;
  const given = value as Record<string, unknown> | null;
  const missing = verbs.find((verb) => typeof given?.[verb] !== "function");
  if (missing === undefined) return;
  const message = `opentelemetry ${option} must have ${missing}, and is ${show(value)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value, path: option });
}
