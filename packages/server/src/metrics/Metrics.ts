import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DecisionOutcome, StoreErrorPolicy } from "sluice";

const POLICIES: readonly StoreErrorPolicy[] = ["local", "open", "closed", "throw"];

/** Gauges that prom-client calls totals, which promtool refuses; each is the sum of another without that ending. */
const MISNAMED = ["handles", "requests", "resources"].map((what) => `nodejs_active_${what}_total`);

/** What became of a call. `unlimited`: no limited rule fits. `no-identity`: nobody could be counted. */
export type Outcome = DecisionOutcome | "unlimited" | "no-identity" | "error";

/**
 * Counters for Prometheus, in a registry of their own. Labels are words of this program and texts of the rules file,
 * never a key or a path that a client chose.
 */
export class Metrics {
  readonly registry: Registry = new Registry();
  readonly #requests = new Counter({
    name: "sluice_requests_total",
    help: "Decisions by rule and outcome",
    labelNames: ["rule", "outcome"],
    registers: [this.registry],
  });
  readonly #duration = new Histogram({
    name: "sluice_decision_duration_seconds",
    help: "Time from a request's head to its decision",
    buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers: [this.registry],
  });
  readonly #storeErrors = new Counter({
    name: "sluice_store_errors_total",
    help: "Decisions that the store could not make, by what was done instead",
    labelNames: ["policy"],
    registers: [this.registry],
  });
  readonly #reloads = new Counter({
    name: "sluice_reloads_total",
    help: "Readings of the rules file while running; a failed one keeps the old rules",
    labelNames: ["outcome"],
    registers: [this.registry],
  });
  readonly #rules = new Gauge({
    name: "sluice_rules",
    help: "Rules in force",
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    for (const name of MISNAMED) this.registry.removeSingleMetric(name);
    for (const outcome of ["ok", "failed"]) this.#reloads.inc({ outcome }, 0);
    for (const policy of POLICIES) this.#storeErrors.inc({ policy }, 0);
  }

  decided(rule: string, outcome: Outcome): void {
    this.#requests.inc({ rule, outcome });
  }

  /** @param since of `performance.now()`, in milliseconds */
  tookSince(since: number): void {
    this.#duration.observe((performance.now() - since) / 1000);
  }

  storeFailed(policy: StoreErrorPolicy): void {
    this.#storeErrors.inc({ policy });
  }

  reloaded(outcome: "ok" | "failed"): void {
    this.#reloads.inc({ outcome });
  }

  rulesInForce(count: number): void {
    this.#rules.set(count);
  }
}
