import { type ErrorCode, markAsSluiceError, type SluiceError } from "./SluiceError.ts";

export interface ConfigurationErrorDetails {
  /** The value that was given. */
  value?: unknown;
  /** The nearest value that would have been accepted, where there is one. */
  nearest?: unknown;
  /** Where it stands in the options: `rules[2].limits`. */
  path?: string;
}

/**
 * An option, an argument or a rule that cannot work. Thrown at construction, or at the call for a wrong key or cost;
 * never because of what a client of yours sent.
 */
export class ConfigurationError extends TypeError implements SluiceError {
  override readonly name: string = "ConfigurationError";
  readonly code: ErrorCode;
  readonly value?: unknown;
  readonly nearest?: unknown;
  readonly path?: string;

  constructor(code: ErrorCode, message: string, details: ConfigurationErrorDetails = {}) {
    super(message);
    this.code = code;
    Object.assign(this, details);
  }
}
markAsSluiceError(ConfigurationError.prototype);
