/** A server that tests may use, or why there is none. */
export interface Service {
  /** `""` if there is none. */
  readonly url: string;
  /** What was found where, or what was looked for in vain. */
  readonly note: string;
}

export interface RunningService extends Service {
  stop(): Promise<void>;
}

declare module "vitest" {
  interface ProvidedContext {
    redis: Service;
    valkey: Service;
    postgres: Service;
    memcached: Service;
  }
}

/** The servers that are started once for a run. */
export type ServiceName = "redis" | "valkey" | "postgres" | "memcached";

/** A server that somebody else runs, named in the environment. */
export function fromEnvironment(variable: string): RunningService | undefined {
  const url = process.env[variable];
  return url === undefined || url === "" ? undefined : { url, note: variable, stop: async () => {} };
}

/** Whether tests may break it: not what somebody else runs. */
export function isOwn({ note }: Service): boolean {
  return !note.startsWith("SLUICE_TEST_");
}

/** With `CI=true` or `SLUICE_REQUIRE_SERVICES=1` no test may be skipped for want of a server. */
export function demand(name: string, { url, note }: Service): void {
  const required = process.env.CI === "true" || process.env.SLUICE_REQUIRE_SERVICES === "1";
  if (url === "" && required) throw new Error(`tests need ${name} here, and there is none: ${note}`);
}
