import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { onTestFinished } from "vitest";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  method?: string;
  /** Sent as it is, dots, slashes and all. */
  target?: string;
  /** An array keeps lines of the same name apart. */
  headers?: Record<string, string> | string[];
  body?: string;
  host?: string;
}

/** A server on loopback for one test. */
export interface Endpoint {
  readonly port: number;
  readonly send: (sent?: Sent) => Promise<Answer>;
}

/** Lets a server listen on a free port, or on a path, until the test ends. */
export async function listen(server: Server, at: { host?: string; path?: string } = {}): Promise<Endpoint> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const place = at.path === undefined ? { port: 0, host: at.host ?? "127.0.0.1" } : { path: at.path };
  await new Promise<void>((resolve) => server.listen(place, resolve));
  onTestFinished(async () => {
    agent.destroy();
    if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
      server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = at.path === undefined ? (server.address() as AddressInfo) : { port: 0 };
  const peer = at.path === undefined ? { port } : { socketPath: at.path };
  return { port, send: (sent = {}) => exchange({ ...peer, agent }, sent) };
}

function exchange(
  peer: object,
  { method = "GET", target = "/", headers = {}, body, host = "127.0.0.1" }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const lines = Array.isArray(headers) ? ["Host", "sluice.test", ...headers] : { ...headers };
    const outgoing = request({ host, method, path: target, headers: lines, ...peer }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
