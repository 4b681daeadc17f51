import type { RunningService } from "../../../../test/services/Service.ts";

/** How a proxy differs from what the guide shows first. */
export interface ProxyWay {
  /** Lets requests pass while Sluice does not answer. */
  readonly open?: boolean;
  /** Believes a proxy at 127.0.0.1 before it. */
  readonly behindAnother?: boolean;
  /** How long Sluice may take; default 30 s, so that a busy machine changes no answer. */
  readonly patience?: "as the guide has it";
}

/** A proxy of the guide. Addresses are `127.0.0.1:8080`. */
export interface ProxyKind {
  readonly name: string;
  /** Runs it by the snippets of the guide. */
  start(sluice: string, application: string, way?: ProxyWay): Promise<RunningService>;
  /** Runs another before it, which knows nothing of Sluice. */
  startBefore(inner: string): Promise<RunningService>;
  /** What clients get while Sluice is down, and while it is silent. */
  readonly unanswered: readonly [down: number, silent: number];
}
