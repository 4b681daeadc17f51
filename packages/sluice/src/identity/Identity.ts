import type { RequestInfo } from "./RequestInfo.ts";

/** Who is counted, and the plan or role that chooses the rules. */
export interface Identity {
  /** A non-empty string, opaque to everything after this point. */
  readonly key: string;
  /** `"default"` unless the source knows better. */
  readonly group: string;
}

/**
 * Something odd about a request that does not stop it. `code` is stable: `FORWARDED_UNTRUSTED`, `FORWARDED_MALFORMED`,
 * `ADDRESS_MISSING`. The message may hold the peer's address, never a secret.
 */
export interface IdentityWarning {
  readonly code: string;
  readonly message: string;
}

export type Warn = (warning: IdentityWarning) => void;

/** A source: finds who is behind a request; undefined means that this source finds nobody. */
export interface Identify {
  (request: RequestInfo, warn: Warn): Identity | undefined | Promise<Identity | undefined>;
}

/** What a function of yours may return: a key (group `"default"`), a key and a group, or nobody. */
export type Found =
  | string
  | { readonly key: string; readonly group?: string | null | undefined }
  | null
  | undefined;

/** A source of this library or a function of yours. */
export type IdentitySource = (request: RequestInfo, warn: Warn) => Found | Promise<Found>;
