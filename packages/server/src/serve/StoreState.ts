import type { Store, StoreError } from "sluice";
import type { Metrics } from "../metrics/Metrics.ts";
import type { Log } from "./Log.ts";

/** How long a health check waits for the store. */
const PATIENCE_MS = 1000;

/** The store as the server sees it: counts its errors, and tells once when it fails and when it answers again. */
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

  failed({ code, message }: StoreError): void {
    this.#metrics.storeFailed(code);
    if (!this.#isFailing)
      this.#log.complain(`sluice: the store fails, and requests are answered with 503: ${message}`);
    this.#isFailing = true;
  }

  worked(): void {
    if (this.#isFailing) this.#log.complain("sluice: the store answers again");
    this.#isFailing = false;
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
