import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pass } from "node:timers/promises";
import { onTestFinished } from "vitest";

/**
 * What becomes of what is sent: it passes; replies are held and pass later, while what is asked still reaches the server;
 * of the next reply only the first half passes, and the connection is reset; or each piece passes so much later.
 */
export type Fault = "none" | "hold" | "cut" | { readonly delayMs: number };

export interface TcpProxy {
  /** That of the server, by way of the proxy. */
  readonly url: string;
  fault: Fault;
  /** How many connections were accepted. */
  readonly accepted: number;
  /** Ends all connections at once, with RST. */
  reset(): void;
  /** Ends the direction to the clients, with FIN: what they send still reaches the server. */
  halfClose(): void;
  /** From now on nothing passes on the connections that are there, and nobody is told; new ones work. */
  silence(): void;
  /** New connections are refused. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
}

/** Stands before a server of TCP and ill-treats its connections. It ends with the test. */
export async function tcpProxy(url: string): Promise<TcpProxy> {
  const { hostname, port } = new URL(url);
  const line = new Line();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    line.join(client, connect({ host: hostname, port: Number(port), allowHalfOpen: true }));
  });
  await listen(server, 0);
  const own = (server.address() as AddressInfo).port;
  const refuse = async () => {
    if (!server.listening) return;
    server.close();
    await new Promise(setImmediate);
  };
  onTestFinished(async () => {
    line.fault = "none";
    line.reset();
    await refuse();
  });
  return {
    url: Object.assign(new URL(url), { port: `${own}` }).href,
    get fault() {
      return line.fault;
    },
    set fault(fault) {
      line.fault = fault;
    },
    get accepted() {
      return line.accepted;
    },
    reset: () => line.reset(),
    halfClose: () => line.halfClose(),
    silence: () => line.silence(),
    refuse,
    accept: () => listen(server, own),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
}

/** All connections, and what is wrong with them. */
class Line {
  accepted = 0;
  #fault: Fault = "none";
  readonly #pairs = new Set<readonly [client: Socket, server: Socket]>();
  readonly #silent = new Set<Socket>();
  #held: (() => void)[] = [];

  get fault(): Fault {
    return this.#fault;
  }

  set fault(fault: Fault) {
    this.#fault = fault;
    for (const go of this.#held.splice(0)) go();
  }

  join(client: Socket, server: Socket): void {
    this.accepted++;
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    const end = () => {
      client.destroy();
      server.destroy();
      this.#pairs.delete(pair);
    };
    for (const socket of pair) socket.setNoDelay(true).on("error", end).on("close", end);
    void this.#pump(client, server, false).catch(end);
    void this.#pump(server, client, true).catch(end);
  }

  reset(): void {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  halfClose(): void {
    for (const [client] of this.#pairs) client.end();
  }

  silence(): void {
    for (const pair of this.#pairs) for (const socket of pair) this.#silent.add(socket);
  }

  async #pump(from: Socket, to: Socket, isReply: boolean): Promise<void> {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      if (isReply) await this.#whileHeld();
      if (typeof this.#fault === "object") await pass(this.#fault.delayMs);
      if (to.writableEnded || this.#silent.has(to)) continue;
      if (isReply && this.#fault === "cut") return this.#cut(to, chunk);
      to.write(chunk);
    }
    to.end();
  }

  async #whileHeld(): Promise<void> {
    while (this.#fault === "hold") await new Promise<void>((go) => this.#held.push(go));
  }

  /** Waits until the half is on its way: a reset would overtake it. */
  async #cut(to: Socket, chunk: Buffer): Promise<void> {
    this.#fault = "none";
    await new Promise((resolve) => to.write(chunk.subarray(0, chunk.length >> 1), resolve));
    to.resetAndDestroy();
  }
}
