/** What is stored under a key, and a version that any later write would change. */
export interface Versioned<Version> {
  readonly value: string;
  /** Anything but `undefined`. No two writes of one key may ever have the same. */
  readonly version: Version;
}

/** A place that can write a value only if nobody wrote it in between: all that `casStore` asks of one. */
export interface CasBackend<Version> {
  /**
   * What is stored under a key, or undefined. Must tell the latest write, not that of a replica.
   * @param key `sluice-` and 64 hexadecimal digits: 71 characters of `a-z`, `0-9` and `-`
   */
  read(key: string): Promise<Versioned<Version> | undefined>;
  /**
   * Stores `next` if the key still has this version, or is still absent where the version is undefined.
   * @param next text of digits, commas and brackets, mostly under 200 characters
   * @param ttlMs from when on it may be forgotten, and never sooner: whole milliseconds, from 1 to about two years
   * @returns whether it was stored. If that cannot be known, throw: then nothing is sent again
   */
  swap(key: string, version: Version | undefined, next: string, ttlMs: number): Promise<boolean>;
}
