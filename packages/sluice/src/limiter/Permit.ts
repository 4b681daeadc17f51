/// <reference lib="esnext.disposable" preserve="true" />
import type { Decision } from "./Decision.ts";

/**
 * The leave to go ahead: `using permit = await limiter.enter(key)`. When its block is left, what counts at once comes back;
 * what counts by rates does not, because it was begun.
 */
export interface Permit extends Disposable, AsyncDisposable {
  /** What was charged, and what remains. */
  readonly decision: Decision;
}
