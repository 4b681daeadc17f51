import { checkOptions } from "../errors/checkOptions.ts";
import { invalidOption } from "../errors/invalidOption.ts";
import { LATENCY_BOUNDS_S } from "./Histogram.ts";
import { type MetricsSource, onMeasured } from "./onMeasured.ts";

export type { MetricsSource } from "./onMeasured.ts";

type Labels = Record<string, string>;

interface PromSettings<Registry> {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}

interface HistogramSettings<Registry> extends PromSettings<Registry> {
  buckets: number[];
}

/** A registry of prom-client. */
export interface PromRegistry {
  getSingleMetric(name: string): unknown;
  registerMetric(metric: never): void;
}

/** The module prom-client, 14 or 15: `import * as client from "prom-client"`. */
export interface PromClient<Registry extends PromRegistry> {
  readonly register: Registry;
  readonly Counter: new (settings: PromSettings<Registry>) => { inc(labels: Labels): void };
  readonly Histogram: new (settings: HistogramSettings<Registry>) => {
    observe(labels: Labels, value: number): void;
  };
}

/** Where to count. */
export interface PrometheusOptions<Registry extends PromRegistry> {
  /** The module prom-client, 14 or 15. */
  client: PromClient<Registry>;
  /** Where the metrics are registered. Default: the global registry of the client. */
  register?: Registry | undefined;
}

/**
 * Counts what a limiter decides, or all limiters and guards of a stream, in metrics of prom-client:
 * `sluice_decisions_total` and `sluice_store_duration_seconds`. Called again for the same registry it counts in the same
 * metrics. Keys are never labels.
 * @returns ends the counting; the metrics stay in the registry
 * @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION`
 */
export function prometheus<Registry extends PromRegistry>(
  source: MetricsSource,
  options: PrometheusOptions<Registry>,
): () => void {
  checkOptions("prometheus", options, ["client", "register"]);
  const { client, register = client?.register } = options;
  checkHas("client", client, ["Counter", "Histogram"], "the module prom-client");
  checkHas("register", register, ["getSingleMetric", "registerMetric"], "a Registry of prom-client");
  const decisions = decisionsCounter(client, register);
  const duration = storeHistogram(client, register);
  return onMeasured(source, ({ limiter, limit = "", outcome, degraded, latencyMs }) => {
    decisions.inc({ limiter, limit, outcome, degraded: degraded === false ? "" : degraded });
    if (latencyMs !== undefined) duration.observe({ limiter }, latencyMs / 1000);
  });
}

/** Of a name that the registry knows, what it knows. */
function known<Metric>(register: PromRegistry, name: string, make: () => Metric): Metric {
  return (register.getSingleMetric(name) as Metric | undefined) ?? make();
}

function decisionsCounter<Registry extends PromRegistry>(
  client: PromClient<Registry>,
  register: Registry,
): InstanceType<PromClient<Registry>["Counter"]> {
  const settings = {
    name: "sluice_decisions_total",
    help: "Decisions by limiter, the limit that refused, outcome, and what answered in place of the store",
    labelNames: ["limiter", "limit", "outcome", "degraded"],
    registers: [register],
  };
  return known(register, settings.name, () => new client.Counter(settings));
}

function storeHistogram<Registry extends PromRegistry>(
  client: PromClient<Registry>,
  register: Registry,
): InstanceType<PromClient<Registry>["Histogram"]> {
  const settings = {
    name: "sluice_store_duration_seconds",
    help: "Time that the store took for a decision",
    labelNames: ["limiter"],
    buckets: [...LATENCY_BOUNDS_S],
    registers: [register],
  };
  return known(register, settings.name, () => new client.Histogram(settings));
}

function checkHas(option: string, value: unknown, names: readonly string[], expected: string): void {
  const given = value as Record<string, unknown> | null | undefined;
  if (names.every((name) => typeof given?.[name] === "function")) return;
  throw invalidOption("prometheus", option, value, expected);
}
