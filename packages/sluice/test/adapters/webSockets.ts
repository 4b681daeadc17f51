import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { endpointAt } from "./exchange.ts";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";

/** A client, and what it was told. */
export interface Client {
  readonly socket: WebSocket;
  readonly told: string[];
  send(...texts: readonly string[]): void;
  /** Resolves once it was told so many things in all. */
  hears(count: number): Promise<readonly string[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** What a client sends to begin with (RFC 6455, section 4.1). */
const UPGRADE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** The same as text, with a host. */
export const UPGRADE_LINES: string = Object.entries({ Host: "sluice.test", ...UPGRADE })
  .map(([name, value]) => `${name}: ${value}`)
  .join("\r\n");

/** A WebSocketServer on loopback for one test. */
export async function webSockets(
  onConnection: (socket: WebSocket, request: IncomingMessage) => void,
  options: ServerOptions = {},
) {
  const http = createServer();
  const server = new WebSocketServer({ server: http, ...options });
  server.on("connection", onConnection);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const client of server.clients) client.terminate();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  const { port } = http.address() as AddressInfo;
  const { send } = endpointAt(port);
  return {
    http,
    port,
    async connect(headers: Record<string, string> = {}, path = "/"): Promise<Client> {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
      const client = clientOf(socket);
      await once(socket, "open");
      onTestFinished(() => socket.terminate());
      return client;
    },
    /** Asks for a connection, and expects another answer: a connection would be an error. */
    refused: (headers: Record<string, string> = {}, target = "/") =>
      send({ target, headers: { ...UPGRADE, ...headers } }),
  };
}

function clientOf(socket: WebSocket): Client {
  const told: string[] = [];
  let listener = (): void => undefined;
  socket.on("message", (data: Buffer) => {
    told.push(data.toString());
    listener();
  });
  const closed = once(socket, "close").then(([code, reason]: any[]) => ({ code, reason: String(reason) }));
  return {
    socket,
    told,
    closed,
    send(...texts) {
      for (const text of texts) socket.send(text);
    },
    hears(count) {
      return new Promise((resolve) => {
        listener = () => {
          if (told.length >= count) resolve(told);
        };
        listener();
      });
    },
  };
}
