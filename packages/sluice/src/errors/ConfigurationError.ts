import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

/** What the error tells beside its code and its sentence: see the fields of that name. */
export interface ConfigurationErrorDetails {
  value?: unknown;
  nearest?: unknown;
  path?: string | undefined;
}

/**
 * An option, an argument or a rule that cannot work. Thrown at construction, or at the call for a wrong key or cost;
 * never because of what a client of yours sent.
 */
export class ConfigurationError extends TypeError implements SluiceError {
  override readonly name: string = "ConfigurationError";
  /** What is wrong, for programs. */
  readonly code: ErrorCode;
  /** The value that was given. Not enumerable: clients and URLs hold passwords, and whoever logs an error logs its fields. */
  readonly value?: unknown;
  /** The nearest value that would have been accepted, where there is one. */
  readonly nearest?: unknown;
  /** Where it stands in the options: `rules[2].limits`. */
  readonly path?: string;

  constructor(code: ErrorCode, message: string, details: ConfigurationErrorDetails = {}) {
    super(message);
    this.code = code;
    Object.assign(this, details);
    Object.defineProperty(this, "value", { enumerable: false });
  }
}
markAsSluiceError(ConfigurationError.prototype);
