/// <reference lib="esnext.disposable" preserve="true" />
import type { Decision } from "./Decision.ts";

/**
 * The leave to go ahead: `using permit = await limiter.enter(key)`. Leaving its block gives nothing back, because a rate
 * counts what was begun; limits on how much runs at once will release by it.
 */
export interface Permit extends Disposable, AsyncDisposable {
  /** What was charged, and what remains. */
  readonly decision: Decision;
}
