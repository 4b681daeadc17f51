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
    postgres: Service;
  }
}

/** A server that somebody else runs, named in the environment. */
export function fromEnvironment(variable: string): RunningService | undefined {
  const url = process.env[variable];
  return url === undefined || url === "" ? undefined : { url, note: variable, stop: async () => {} };
}
