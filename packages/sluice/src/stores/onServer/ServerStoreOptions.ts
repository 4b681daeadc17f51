import { checkSwitch } from "../../errors/checkSwitch.ts";

/** What the options of all stores on servers have in common. */
export interface ServerStoreOptions {
  /**
   * Answers what is sure without the server: a call that was refused is refused again, and so is one that costs more (unless
   * a limit keeps a log), until its wait is over, for a second at most. Such decisions say `cached: true`, and tell their own
   * waits. What another process resets or gives back is noticed after a second at the latest. Limits on what runs at once and
   * those with `countDenied` are always asked about. Default false.
   */
  deniedCache?: boolean | undefined;
}

/** @throws ConfigurationError `INVALID_OPTION` */
export function readDeniedCache(owner: string, { deniedCache = false }: ServerStoreOptions): boolean {
  checkSwitch(owner, "deniedCache", deniedCache);
  return deniedCache;
}
