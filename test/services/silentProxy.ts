import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A server between a client and another, whose connections can die without a word. */
export interface SilentProxy {
  /** As the other server's, but for host and port. */
  readonly url: string;
  /** From now on nothing is handed on over the connections that there are; new ones work. */
  silence(): void;
  stop(): void;
}

/** @param target the URL of the other server */
export async function startSilentProxy(target: string): Promise<SilentProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let links: (readonly [Socket, Socket])[] = [];
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    links.push([near, far]);
    joined(near, far, sockets);
    joined(far, near, sockets);
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${await portOf(proxy)}`;
  return {
    url: url.href,
    silence() {
      for (const [near, far] of links) {
        near.unpipe(far).resume();
        far.unpipe(near).resume();
      }
      links = [];
    },
    stop() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

/** @returns the port that it listens on, a free one */
export async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

function joined(from: Socket, to: Socket, all: Set<Socket>): void {
  all.add(from);
  from.on("error", () => {});
  from.on("close", () => {
    all.delete(from);
    to.destroy();
  });
  from.pipe(to);
}
