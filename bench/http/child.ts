// node bench/http/child.ts <contender>: measures every column, and prints them as JSON. It is the client; the server has a process of its own.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Socket } from "node:net";
import { firstAnswer, openConnections, send } from "./load.ts";

const CLIENTS = 10_000;
const WARM_UP = 40_000;
const MEASURED = 20_000;

const [framework, limiter] = process.argv[2].split(", ");
const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)), [framework, limiter], {
  env: { ...process.env, NODE_ENV: "production" },
  execArgv: process.execArgv,
});
const [port] = (await once(server, "message")) as [number];
const sockets = await openConnections(port);
process.stdout.write(JSON.stringify(await measureAll(sockets)));
server.disconnect();
process.exit();

async function measureAll(sockets: readonly Socket[]): Promise<Record<string, number>> {
  const one = [request()];
  const many = Array.from({ length: CLIENTS }, (_, i) =>
    request(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`),
  );
  await check(sockets[0], one[0]);
  await send(sockets, one, WARM_UP);
  const few = await measure(server, () => send(sockets, one, MEASURED));
  await send(sockets, many, CLIENTS);
  const spread = await measure(server, () => send(sockets, many, MEASURED));
  return {
    "one key: CPU": few.cpu,
    "one key: clock": few.clock,
    "10k keys: CPU": spread.cpu,
    "10k keys: clock": spread.clock,
  };
}

/** Microseconds for a request: of the server's CPU, all threads together, and by the clock. */
async function measure(
  server: ChildProcess,
  work: () => Promise<void>,
): Promise<{ cpu: number; clock: number }> {
  const before = await cpuOf(server);
  const start = performance.now();
  await work();
  const clock = (performance.now() - start) * 1000;
  return { cpu: ((await cpuOf(server)) - before) / MEASURED, clock: clock / MEASURED };
}

async function cpuOf(server: ChildProcess): Promise<number> {
  server.send("cpu");
  const [{ user, system }] = (await once(server, "message")) as [NodeJS.CpuUsage];
  return user + system;
}

/** Whatever limits tells so in its answers. */
async function check(socket: Socket, first: Buffer): Promise<void> {
  const answer = await firstAnswer(socket, first);
  if (/ratelimit/i.test(answer) === (limiter === "bare")) throw new Error(`unexpected answer: ${answer}`);
}

function request(client?: string): Buffer {
  const forwarded = client === undefined ? "" : `X-Forwarded-For: ${client}\r\n`;
  return Buffer.from(
    `GET /api/users/42?page=2 HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: bench\r\n${forwarded}\r\n`,
  );
}
