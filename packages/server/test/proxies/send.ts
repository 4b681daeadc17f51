import { once } from "node:events";
import { type Agent, type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** Less than the minute after which proxies give up by themselves. */
const PATIENCE_MS = 20_000;

export interface Sending {
  readonly method?: string;
  /** As it is to stand in the request line. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  /** The address to send from, of 127.0.0.0/8: who the proxy takes the client for; default 127.0.0.1. */
  readonly from?: string;
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The port of the connection that it came by. */
  readonly port: number | undefined;
}

/** Sends a request as it is, which `fetch` would tidy up. */
export async function send(url: string, sending: Sending): Promise<Answer> {
  const { method = "GET", target, headers, body, from, agent } = sending;
  const { hostname, port } = new URL(url);
  const asking = request({
    hostname,
    port,
    path: target,
    method,
    headers,
    localAddress: from,
    agent,
    timeout: PATIENCE_MS,
  });
  asking.on("timeout", () =>
    asking.destroy(new Error(`${method} ${target}: no answer after ${PATIENCE_MS} ms`)),
  );
  asking.end(body);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const localPort = response.socket.localPort;
  return {
    status: response.statusCode!,
    headers: response.headers,
    body: await text(response),
    port: localPort,
  };
}
