import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { mustHold } from "../mustHold.ts";
import type { AdapterCheck, AdapterCheckContext, Endpoint } from "./AdapterCheck.ts";
import type { AdapterUnderTest, Served } from "./AdapterUnderTest.ts";
import { exchange } from "./exchange.ts";
import { settle } from "./turns.ts";

/** Runs a check, ends what it started, and fails it for promises that nobody caught. */
export async function runCheck(adapter: AdapterUnderTest, { hold }: AdapterCheck): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));
  const ends: (() => unknown)[] = [];
  const unhandled: unknown[] = [];
  const keep = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", keep);
  try {
    await hold(contextOf(adapter, join(folder, "socket"), ends));
    await settle();
  } finally {
    for (const end of ends) await end();
    process.off("unhandledRejection", keep);
    await rm(folder, { recursive: true });
  }
  mustHold(unhandled.length === 0, () => `nobody caught ${String(unhandled[0])}`);
}

function contextOf(
  adapter: AdapterUnderTest,
  socketPath: string,
  ends: (() => unknown)[],
): AdapterCheckContext {
  return {
    socketPath,
    hasIpv6: Object.values(networkInterfaces()).some((list) =>
      list?.some(({ address }) => address === "::1"),
    ),
    answersItself: adapter.answersItself ?? [],
    async serve(guards, handler = () => ({ body: "hello" }), { mounts = 1, at } = {}) {
      const list = Array.isArray(guards) ? guards : [guards];
      const place = at ?? ({ host: "127.0.0.1", port: 0 } as const);
      const served = await adapter.serve({ guards: list, mounts, handler }, place);
      const agent = new Agent({ keepAlive: true, maxSockets: 20 });
      ends.push(
        () => agent.destroy(),
        () => served.close(),
      );
      return endpoint(served, "path" in place ? place.path : undefined, agent);
    },
  };
}

function endpoint({ port }: Served, socketPath: string | undefined, agent: Agent): Endpoint {
  const peer = socketPath === undefined ? { port } : { socketPath };
  return {
    send: (sent = {}) => exchange({ ...peer, agent }, sent),
    start(...targets) {
      const paths = targets.length === 0 ? ["/"] : targets;
      const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
      const socket = connect(port!, "127.0.0.1", () => socket.write(requests));
      socket.on("error", () => undefined);
      return async () => {
        socket.destroy();
        if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
      };
    },
  };
}
