import { createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import type { Reply } from "sluice";
import { sendReply } from "sluice/node";
import type { Log } from "./Log.ts";

const OPTIONS: ServerOptions = {
  // Room for a path of 15 kB in the request line and again in a header, beside a chain of 2,000 hops.
  maxHeaderSize: 65_536,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  // Above the 60 s after which proxies close idle connections, so that it is never us who close one they just used.
  keepAliveTimeout: 75_000,
};

/** An HTTP server that sends what `answer` replies. What cannot be parsed is answered by Node: 400, 408 or 431. */
export function createHttpServer(log: Log, answer: (request: IncomingMessage) => Promise<Reply>): Server {
  const server = createServer(OPTIONS, (request, response) => {
    response.on("error", ignore);
    // A client that is gone already has no address, and nobody waits for the answer.
    if (request.socket.remoteAddress === undefined) return void response.destroy();
    return void answer(request)
      .then((reply) => sendReply(response, reply))
      .catch(() => response.destroy());
  });
  // Node would drop the headers after the 2,000th, and a second x-api-key among them unseen.
  server.maxHeadersCount = 0;
  server.on("listening", () => server.on("error", tellAccept(log)));
  server.on("connect", (_request, socket) => {
    socket.on("error", ignore);
    socket.end("HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  return server;
}

/** Without a listener it would end the process, where it only cannot accept one more connection. */
function tellAccept(log: Log): (error: NodeJS.ErrnoException) => void {
  return ({ code = "", message }) =>
    log.complainOnce(`ACCEPT ${code}`, `a connection was not accepted: ${message}`);
}

/** A client that goes away while it is answered. */
function ignore(): void {}
