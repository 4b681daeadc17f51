import type { Decision, LimiterEvent, Store, StoreError, StoreErrorPolicy } from "sluice";
import type { Metrics } from "../metrics/Metrics.ts";
import type { Log } from "./Log.ts";

/** How long a health check waits for the store. */
const PATIENCE_MS = 1000;

/** The store must have answered, or failed, for so long before people are told that it does. */
const CALM_MS = 1000;

/** Failed decisions are news for so long. Whoever gets no requests because it is not healthy would else stay so. */
const NEWS_MS = 10_000;

/**
 * The store as the server sees it: counts what it did not decide, and tells when it fails and when it answers again. Limiters
 * tell of a fault only as each finds out by itself, so all decisions are looked at, too.
 */
export class StoreState {
  readonly #store: Store;
  readonly #metrics: Metrics;
  readonly #log: Log;
  #isFailing = false;
  /** When the store last decided, and when it last did not, of `performance.now()`. */
  #decidedAt = -Infinity;
  #failedAt = -Infinity;

  constructor(store: Store, metrics: Metrics, log: Log) {
    this.#store = store;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** What limiters tell: `onEvent`. */
  readonly hear = (event: LimiterEvent): void => {
    if (event.type === "config") {
      const { code, message } = event.error;
      this.#log.complainOnce(code, `${code}: ${message}`);
    } else if (event.degraded === false) this.#answers();
    else this.#fails(event.degraded, event.error);
  };

  /** Counts a decision by what answered it. */
  count({ degraded, reason }: Pick<Decision, "degraded" | "reason">): void {
    if (degraded !== false && degraded !== "overflow") return this.failed(degraded);
    // A list said no, and the store was not asked.
    if (reason === "denied") return;
    this.#decidedAt = performance.now();
    if (this.#decidedAt - this.#failedAt >= CALM_MS) this.#answers();
  }

  /** Counts a decision that the store did not make. A single key may be at fault while all others are decided. */
  failed(policy: StoreErrorPolicy, error?: StoreError): void {
    this.#metrics.storeFailed(policy);
    this.#failedAt = performance.now();
    if (this.#failedAt - this.#decidedAt >= CALM_MS) this.#fails(policy, error);
  }

  /** Whether the store decides, as far as is known, answers, and soon. */
  async isHealthy(): Promise<boolean> {
    return !this.#wasFailing() && this.#isReached();
  }

  #wasFailing(): boolean {
    const isLatest = this.#failedAt > this.#decidedAt && performance.now() - this.#failedAt < NEWS_MS;
    return this.#isFailing && isLatest;
  }

  async #isReached(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, false);
    });
    const answered = this.#store.ping().then(
      () => true,
      () => false,
    );
    return Promise.race([answered, late]).finally(() => clearTimeout(timer));
  }

  #fails(policy: StoreErrorPolicy, error: StoreError | undefined): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#log.complain(
      `sluice: the store fails (${policy})${error === undefined ? "" : `: ${error.message}`}`,
    );
  }

  #answers(): void {
    if (!this.#isFailing) return;
    this.#isFailing = false;
    this.#log.complain("sluice: the store answers again");
  }
}
