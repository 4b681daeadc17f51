/** A client of ioredis 5 or 6, or iovalkey, for one server, Sentinel or Cluster, by shape. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  del(...keys: string[]): Promise<unknown>;
  info(): Promise<unknown>;
  readonly isCluster: boolean;
  readonly options?: IoredisOptions;
}

/** Those that decide whether a command is sent again after its connection was lost. */
export interface IoredisOptions {
  /** Of one server and of Sentinel. */
  readonly autoResendUnfulfilledCommands?: boolean | undefined;
  readonly maxRetriesPerRequest?: number | null | undefined;
  /** Of Cluster. */
  readonly retryDelayOnFailover?: number | undefined;
}

/** A client of node-redis 5 or 6, made by `createClient`, `createClientPool`, `createSentinel` or `createCluster`, by shape. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  del(keys: string[]): Promise<unknown>;
  info(): Promise<unknown>;
}

/** A client of @valkey/valkey-glide, `GlideClient` or `GlideClusterClient`, by shape. */
export interface GlideClient {
  customCommand(command: string[], options?: object): Promise<unknown>;
}

/** A client that `redisStore` takes. */
export type RedisClient = IoredisClient | NodeRedisClient | GlideClient;
