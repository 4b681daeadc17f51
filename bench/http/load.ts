import { connect, type Socket } from "node:net";
import { BODY } from "./setting.ts";

/** Connections that stay open, each with one request under way. */
const CONNECTIONS = 32;
const END = Buffer.from(`\r\n\r\n${BODY}`);

export async function openConnections(port: number): Promise<readonly Socket[]> {
  return Promise.all(Array.from({ length: CONNECTIONS }, () => openConnection(port)));
}

async function openConnection(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return socket;
}

/** Sends so many requests, the given ones in turn, and waits for all answers. */
export async function send(
  sockets: readonly Socket[],
  requests: readonly Buffer[],
  count: number,
): Promise<void> {
  let sent = 0;
  const next = (): Buffer | undefined => (sent < count ? requests[sent++ % requests.length] : undefined);
  await Promise.all(sockets.map((socket) => sendOver(socket, next)));
}

/** The answers come whole: every one is far smaller than a packet of the loopback. */
async function sendOver(socket: Socket, next: () => Buffer | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (): void => reject(new Error("the server closed a connection"));
    const step = (): void => {
      const request = next();
      if (request !== undefined) return void socket.write(request);
      socket.off("data", read).off("close", failed);
      resolve();
    };
    const read = (answer: Buffer): void => {
      if (answer.subarray(-END.length).equals(END)) return step();
      reject(new Error(`an answer was not the one of the handler: ${answer.toString()}`));
    };
    socket.on("data", read).on("close", failed);
    step();
  });
}

/** The first answer, as text: to look at it once. */
export async function firstAnswer(socket: Socket, request: Buffer): Promise<string> {
  socket.write(request);
  return new Promise((resolve) => socket.once("data", (answer: Buffer) => resolve(answer.toString())));
}
