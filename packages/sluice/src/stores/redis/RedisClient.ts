/** A client of ioredis 5 or 6, or iovalkey, for one server, Sentinel or Cluster, by shape. */
export interface IoredisClient {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
  del(...keys: string[]): Promise<unknown>;
  ping(): Promise<unknown>;
  readonly isCluster?: boolean;
}

/** A client of node-redis 5 or 6, made by `createClient`, `createSentinel` or `createCluster`, by shape. */
export interface NodeRedisClient {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  del(keys: string[]): Promise<unknown>;
}

/** A client of @valkey/valkey-glide, by shape. */
export interface GlideClient {
  customCommand(command: string[]): Promise<unknown>;
}

export type RedisClient = IoredisClient | NodeRedisClient | GlideClient;
