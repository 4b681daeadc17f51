import { markAsSluiceError, type SluiceError } from "../errors/SluiceError.ts";

/** Whoever waited when the limiter was closed. Nothing is charged for it but a slot that others had booked behind. */
export class LimiterClosedError extends Error implements SluiceError {
  override readonly name: string = "LimiterClosedError";
  readonly code = "LIMITER_CLOSED";

  constructor() {
    super("this limiter was closed, and waits no longer");
  }
}
markAsSluiceError(LimiterClosedError.prototype);
