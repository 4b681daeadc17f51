import { whenGone } from "../fetch/whenGone.ts";
import { whenClosed } from "../node/whenClosed.ts";
import type { HonoContext } from "./HonoContext.ts";
import { honoServer } from "./honoServer.ts";

/**
 * Tells a passage that it has ended when its client has gone: on Node also by the connection, which alone tells of a client that
 * pipelined its request.
 * @returns to be called when the answer has ended by itself
 */
export function endedOrGone({ req, env }: HonoContext, ended: () => Promise<void>): () => Promise<void> {
  whenGone(req.raw, ended);
  const socket = honoServer(env)?.incoming?.socket;
  if (socket === undefined) return ended;
  const stop = whenClosed(socket, ended);
  return () => {
    stop();
    return ended();
  };
}
