import type { RedisClient } from "../redis/RedisClient.ts";
import type { OwnClient } from "./OwnClient.ts";

/** A client of our own that connects, and connects again whenever its connection is lost. */
export interface RedisConnection extends OwnClient<RedisClient> {
  /** Settles when there is a connection, or when the client gives up; a client may try for ever. */
  readonly connected: Promise<unknown>;
}
