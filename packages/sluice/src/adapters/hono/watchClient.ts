import type { HonoContext } from "./HonoContext.ts";
import { honoServer } from "./honoServer.ts";

/** Tells whether a client has gone: on Node also by its connection, since no signal tells of one that pipelined its request. */
export function watchClient({ req, env }: HonoContext): () => boolean {
  // A signal that is asked for too late may never tell.
  const { signal } = req.raw;
  const socket = honoServer(env)?.incoming?.socket;
  return () => signal?.aborted || socket?.destroyed === true;
}
