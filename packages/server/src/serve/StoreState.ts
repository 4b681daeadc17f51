import type { Decision, LimiterEvent, Store } from "sluice";
import type { Metrics } from "../metrics/Metrics.ts";
import type { Log } from "./Log.ts";

/** How long a health check waits for the store. */
const PATIENCE_MS = 1000;

/** The store as the server sees it: counts what it did not decide, and tells when it fails and when it answers again. */
export class StoreState {
  readonly #store: Store;
  readonly #metrics: Metrics;
  readonly #log: Log;
  #isFailing = false;

  constructor(store: Store, metrics: Metrics, log: Log) {
    this.#store = store;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** Tells people once, though every rule finds out by itself. */
  readonly hear = (event: LimiterEvent): void => {
    if (event.type === "config") {
      const { code, message } = event.error;
      return this.#log.complainOnce(code, `${code}: ${message}`);
    }
    const isFailing = event.degraded !== false;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (isFailing) this.#log.complain(`sluice: the store fails (${event.degraded}): ${event.error?.message}`);
    else this.#log.complain("sluice: the store answers again");
  };

  /** Counts a decision by what answered it. */
  count({ degraded }: Pick<Decision, "degraded">): void {
    if (degraded !== false && degraded !== "overflow") this.#metrics.storeFailed(degraded);
  }

  /** Whether the store answers, and soon. */
  async isHealthy(): Promise<boolean> {
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
}
