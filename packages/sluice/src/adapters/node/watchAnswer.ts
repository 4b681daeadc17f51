import type { Passage } from "../../guard/Passage.ts";
import type { NodeResponse } from "./NodeShapes.ts";
import { whenClosed } from "./whenClosed.ts";

/**
 * Tells a passage how its request was answered: with which status, or that the client went away before; and that it has
 * ended. Does nothing if nobody needs to know.
 */
export function watchAnswer(
  response: NodeResponse,
  { answered, ended }: Pick<Passage, "answered" | "ended">,
): void {
  if (answered === undefined && ended === undefined) return;
  let stopWaiting: (() => void) | undefined;
  const over = (status: number | undefined): void => {
    stopWaiting?.();
    void answered?.(status);
    void ended?.();
  };
  const finish = (): void => over(isWhole(response) ? response.statusCode : undefined);
  const close = (): void => over(undefined);
  // That of HEAD over HTTP/2 is finished before it has begun, since nothing is written.
  if (response.writableEnded && response.writableFinished) return finish();
  if (response.destroyed === true || response.stream?.destroyed === true) return close();
  response.once("finish", finish);
  response.once("close", close);
  // Of an answer that never had its turn on the connection (its client pipelined) Node 20 tells nothing.
  const socket = response.req?.socket;
  if (socket) stopWaiting = whenClosed(socket, close);
}

/** An answer of node:http2 also "finishes" when its stream is reset, which its code tells (RFC 9113, section 7: 0 is no error). */
function isWhole({ writableEnded, stream }: NodeResponse): boolean {
  return writableEnded && (stream?.rstCode ?? 0) === 0;
}
