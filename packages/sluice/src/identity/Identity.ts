import type { Warn } from "../events/Warning.ts";
import type { RequestInfo } from "./RequestInfo.ts";

/** Who is counted, and the plan or role that chooses the rules. */
export interface Identity {
  /** A non-empty string, opaque to everything after this point. */
  readonly key: string;
  /** `"default"` unless the source knows better. */
  readonly group: string;
}

/**
 * A source: finds who is behind a request; undefined means that this source finds nobody. A function of yours that asks one
 * hands on its own `warn`; without it nobody hears what the source warns of.
 */
export interface Identify {
  (request: RequestInfo, warn?: Warn): Identity | undefined | Promise<Identity | undefined>;
}

/** What a function of yours may return: a key (group `"default"`), a key and a group, or nobody. */
export type Found =
  | string
  | { readonly key: string; readonly group?: string | null | undefined }
  | null
  | undefined;

/** A source of this library or a function of yours. */
export type IdentitySource = (request: RequestInfo, warn: Warn) => Found | Promise<Found>;
