/**
 * Header fields by names of your own. `{name}` in a name is the name of the limit, and then every limit has fields of
 * its own; without it only the limit nearest to refusing is told.
 */
export interface HeaderTemplate {
  /** The field with the limit: `"x-ratelimit-limit-{name}"`. */
  limit?: string | undefined;
  /** The field with what remains. */
  remaining?: string | undefined;
  /** The field with the time until everything is back. */
  reset?: string | undefined;
  /**
   * How `reset` is written: whole `"seconds"` rounded up (default), seconds since the epoch (`"unix"`), as Go writes
   * durations (`"duration"`: `6m0s`), or as a date (`"rfc3339"`: `2026-11-22T06:05:00Z`).
   */
  resetAs?: "seconds" | "unix" | "duration" | "rfc3339" | undefined;
}

/**
 * Which header fields tell a client its limits.
 *
 * - `"draft-11"`: `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11, structured fields
 * - `"draft-7"`: `RateLimit-Policy` and `RateLimit` of draft 07: `limit=100, remaining=50, reset=30`
 * - `"draft-6"`: `RateLimit-Policy`, `RateLimit-Limit`, `RateLimit-Remaining`, `RateLimit-Reset`
 * - `"legacy"`: `X-RateLimit-Limit`, `X-RateLimit-Remaining`, `X-RateLimit-Reset` in delta seconds
 * - `"none"`: none but `Retry-After`
 */
export type HeaderStyle = "draft-11" | "draft-7" | "draft-6" | "legacy" | "none" | HeaderTemplate;
