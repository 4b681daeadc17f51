/** WebSockets: limits on handshakes, on what one connection sends, and on all connections of a client together. */
import { createServer } from "node:http";
import { limitMessages, rateLimit } from "sluice/ws";
import { WebSocketServer } from "ws";

const server = createServer();
const sockets = new WebSocketServer({ server, verifyClient: rateLimit({ limits: "3/m" }) });

// Who sends more is disconnected, and told when to come again.
const limit = limitMessages({ perConnection: "3/m", perKey: "5/m" });
sockets.on("connection", (socket, request) => {
  limit(socket, request, (data: Buffer) => socket.send(`you said ${data.toString()}`));
});

server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
