import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { whenGivenUp } from "../../src/adapters/trpc/whenGivenUp.ts";
import { listen } from "./exchange.ts";

test("a connection that lives on is rid of a call whose answer is closed", async () => {
  const told: string[] = [];
  const server = createServer((_request, res: ServerResponse) => {
    whenGivenUp({ ctx: { res } }, () => told.push("while open"));
    res.once("close", () => {
      whenGivenUp({ ctx: { res } }, () => told.push("when closed"));
      server.emit("told");
    });
    res.end();
  });
  const connected = once(server, "connection");
  const { send } = await listen(server);
  const isTold = once(server, "told");
  await Promise.all([send(), isTold]);
  expect(told).toEqual(["while open", "when closed"]);
  const [socket] = await connected;
  socket.destroy();
  await once(socket, "close");
  expect(told).toHaveLength(2);
});
