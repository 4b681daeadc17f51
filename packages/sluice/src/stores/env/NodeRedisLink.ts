import type { NodeRedisClient } from "../redis/RedisClient.ts";
import type { Emitter } from "./ConnectionTrouble.ts";

/** A client of node-redis, by shape. */
export interface OwnNodeRedis extends NodeRedisClient, Emitter {
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: "connect" | "ready" | "reconnecting", listener: () => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
}

/** A client of node-redis, from its first attempt to connect to its end. */
export class NodeRedisLink {
  readonly client: OwnNodeRedis;
  /** Rejects when it is ended before. */
  readonly connected: Promise<unknown>;
  readonly #timeoutMs: number;
  readonly #onSilence: () => void;
  #isConnecting = true;
  #isEnded = false;
  /** Ends the wait for the handshake. */
  #greeted = (): void => {};

  /** @param onSilence called when the server took longer than `timeoutMs` for an answer */
  constructor(client: OwnNodeRedis, timeoutMs: number, onSilence: () => void) {
    this.client = client;
    this.#timeoutMs = timeoutMs;
    this.#onSilence = onSilence;
    this.#watch();
    this.connected = client.connect();
  }

  /** Waits for an answer. @returns to be called when it came */
  patience(): () => void {
    let check: NodeJS.Immediate | undefined;
    // Answers that came while this process was busy are read first.
    const timer = setTimeout(() => (check = setImmediate(this.#onSilence)), this.#timeoutMs);
    return () => {
      clearTimeout(timer);
      clearImmediate(check);
    };
  }

  /** A client that is destroyed while it connects would keep that connection. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#greeted();
    if (!this.#isConnecting) this.client.destroy();
  }

  #watch(): void {
    const stopped = () => {
      this.#greeted();
      if (this.#isConnecting && this.#isEnded) this.client.destroy();
      this.#isConnecting = false;
    };
    this.client.on("reconnecting", () => (this.#isConnecting = true));
    this.client.on("connect", () => {
      stopped();
      if (!this.#isEnded) this.#greeted = this.patience();
    });
    this.client.on("ready", () => this.#greeted());
    this.client.on("error", stopped);
  }
}
