import { type Closing, whenClosed } from "../node/whenClosed.ts";

/** What tells of a call that nobody waits for any more. */
export interface TrpcSignals {
  readonly ctx: unknown;
  /** tRPC has one for most calls. */
  readonly signal?: AbortSignal | undefined;
}

/** What contexts hold by custom as `res`: Node's response, Fastify's reply, or the WebSocket of a client. */
type Answer = Closing & { readonly req?: { readonly socket?: Closing }; readonly raw?: Closing };

/**
 * Tells, perhaps twice, once nobody waits for what a call yields: it was aborted, or the answer that its context holds is closed.
 * A connection that lives on keeps nothing of a call that was given up.
 * @returns stops waiting
 */
export function whenGivenUp({ ctx, signal }: TrpcSignals, tell: () => unknown): () => void {
  let isGivenUp = false;
  const stops: (() => void)[] = [];
  const stop = (): void => stops.splice(0).forEach((each) => each());
  const givenUp = (): void => {
    isGivenUp = true;
    stop();
    tell();
  };
  for (const closing of closings(ctx)) stops.push(whenClosed(closing, givenUp));
  if (signal !== undefined) stops.push(whenAborted(signal, givenUp));
  // It may have been before.
  if (isGivenUp) stop();
  return stop;
}

function closings(context: unknown): Closing[] {
  const { res } = Object(context) as { readonly res?: Answer };
  return [res, res?.raw, res?.req?.socket].filter(
    (closing) => typeof closing?.once === "function",
  ) as Closing[];
}

function whenAborted(signal: AbortSignal, tell: () => unknown): () => void {
  if (signal.aborted) tell();
  const listener = (): void => void tell();
  signal.addEventListener("abort", listener);
  return () => signal.removeEventListener("abort", listener);
}
