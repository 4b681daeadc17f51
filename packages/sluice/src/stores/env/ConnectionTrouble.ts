import { redisFailure } from "../redis/redisFailure.ts";

/** What all clients for Redis tell of their connection, by shape. */
export interface Emitter {
  on(event: "connect" | "ready", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/**
 * Why there is no connection. A client that has none fails calls with a word on how it would keep them for later, and not
 * with what is wrong.
 */
export class ConnectionTrouble {
  #last: unknown;
  /** The server refuses us on this connection. */
  #isRefused = false;

  #noted = (): void => {};

  /** Listens to a client. Without a listener, an error of its connection would end the process. */
  watch(client: Emitter): void {
    client.on("connect", () => (this.#isRefused = false));
    client.on("error", (error) => this.note(error));
    // ioredis also says so where the database of its URL was refused, and would count in database 0.
    client.on("ready", () => {
      if (!this.#isRefused) this.#last = undefined;
    });
  }

  /** Waits for the first attempt to connect. @returns what went wrong, if anything did */
  first(connected: Promise<unknown>): Promise<unknown> {
    const failed = new Promise<void>((resolve) => (this.#noted = resolve));
    // What a client gives up for, it tells its listeners first.
    const settled = connected.then(ignore, ignore);
    return Promise.race([settled, failed]).then(() => this.#last);
  }

  note(error: unknown): void {
    this.#last = oneOf(error);
    this.#noted();
    this.#isRefused = redisFailure(this.#last).code === "STORE_MISCONFIGURED";
  }

  /** Makes a call, unless the server refuses us, and lets it fail with what is wrong. */
  async tell<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isRefused) throw this.#last;
    try {
      return await call();
    } catch (error) {
      throw this.#last ?? error;
    }
  }
}

/** Of a name with several addresses, whose error says nothing itself. */
function oneOf(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors.at(-1) ?? error) : error;
}

function ignore(): void {}
