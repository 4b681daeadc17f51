import type { Server } from "node:http";

/**
 * Stops accepting, lets the requests in flight finish, and closes.
 * @param withinMs after which connections are cut
 */
export async function drain(servers: readonly Server[], withinMs: number): Promise<void> {
  const closed = Promise.all(servers.map(closing));
  const each = (act: (server: Server) => void) => () => servers.forEach(act);
  // A connection is idle only once its answer is out, which may be after close() looked.
  const sweep = setInterval(
    each((server) => server.closeIdleConnections()),
    50,
  );
  const cut = setTimeout(
    each((server) => server.closeAllConnections()),
    withinMs,
  );
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

function closing(server: Server): Promise<void> {
  // The only error is that it does not listen, and then there is nothing to close.
  return new Promise((resolve) => server.close(() => resolve()));
}
