import { Agent } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { ListenAt, Served } from "sluice/testing";
import { onTestFinished } from "vitest";
import type { Answer, Sent } from "../../src/testing/adapters/AdapterCheck.ts";
import { exchange } from "../../src/testing/adapters/exchange.ts";

/** A server on loopback for one test. */
export interface Endpoint {
  readonly port: number;
  readonly send: (sent?: Sent) => Promise<Answer>;
}

/** Lets a server listen, for the adapter suite. */
export async function served(server: Server, at: ListenAt): Promise<Served> {
  await new Promise<void>((resolve) => server.listen(at, resolve));
  const address = server.address() as AddressInfo | string;
  return {
    ...(typeof address === "object" && { port: address.port }),
    async close() {
      if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
        server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Lets a server listen on a free port of loopback until the test ends. */
export async function listen(server: Server): Promise<Endpoint> {
  const { port, close } = await served(server, { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => void (await close()));
  return endpointAt(port!);
}

/** Sends to a port of loopback, over connections that end with the test. */
export function endpointAt(port: number): Endpoint {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  onTestFinished(() => agent.destroy());
  return { port, send: (sent = {}) => exchange({ port, agent }, sent) };
}
