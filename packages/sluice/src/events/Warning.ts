/**
 * Something odd that stops no call and that somebody should look at. `code` is stable: docs/warnings.md lists them. The
 * message may hold an address, never a secret.
 */
export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** Tells a warning. */
export type Warn = (warning: Warning) => void;
