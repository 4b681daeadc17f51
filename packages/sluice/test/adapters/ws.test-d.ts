import { createServer } from "node:http";
import { limitMessages, type MessageOptions, rateLimit, type WsData, type WsSocket } from "sluice/ws";
import { expectTypeOf } from "vitest";
import { type RawData, type ServerOptions, WebSocket, WebSocketServer } from "ws";

const limits = "100/m";

expectTypeOf<WebSocket>().toExtend<WsSocket>();
expectTypeOf<RawData>().toExtend<WsData>();

const server = new WebSocketServer({ server: createServer(), verifyClient: rateLimit({ limits }) });
expectTypeOf(rateLimit({ limits, identify: () => "a" })).toExtend<
  Exclude<ServerOptions["verifyClient"], undefined>
>();

const limit = limitMessages({
  perConnection: "20/s",
  perKey: [limits, "1000/h"],
  cost: (data: Buffer) => data.length,
});
server.on("connection", (socket, request) => {
  limit(socket, request, (data: RawData, isBinary) => socket.send(data, { binary: isBinary }));
  limit(socket, request, async (data: Buffer) => data.length);
});
limitMessages({ perKey: limits, onLimit: ({ socket, decision }) => socket.close(1008, decision.reason) });

expectTypeOf<MessageOptions["onLimit"]>().not.toEqualTypeOf<string>();
// @ts-expect-error no such answer
limitMessages({ perKey: limits, onLimit: "shout" });
// @ts-expect-error no limit
limitMessages({ perConnection: "fast" });
