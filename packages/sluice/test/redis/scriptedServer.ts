import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface ScriptedServer {
  readonly port: number;
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** What was asked, in order, the greetings of clients included. */
  readonly commands: readonly string[][];
  /** Ends all connections. New ones are still taken. */
  drop(): void;
  close(): Promise<void>;
}

/**
 * What the server sends for a command, as RESP: `"-LOADING later\r\n"`. `""` is silence; `undefined` is what a Redis 7
 * would say to the greetings of a client.
 */
export type ScriptedAnswer = (command: readonly string[]) => string | undefined;

/** A server of Redis' protocol whose answers a test writes down: for errors that a real server gives on bad days only. */
export async function scriptedServer(answer: ScriptedAnswer): Promise<ScriptedServer> {
  const commands: string[][] = [];
  const sockets = new Set<Socket>();
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let rest = "";
    socket.on("data", (chunk) => {
      const read = readCommands(rest + chunk.toString("latin1"));
      rest = read.rest;
      for (const command of read.commands) {
        commands.push(command);
        const reply = answer(command) ?? greetingReply(command);
        if (reply !== "") socket.write(reply, "latin1");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    commands,
    drop,
    async close() {
      drop();
      server.close();
      await once(server, "close");
    },
  };
}

export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

const IDENTITY = ["server", "redis", "version", "7.2.0", "mode", "standalone", "role", "master"];
const INFO = "redis_version:7.2.0\r\nredis_mode:standalone\r\nrole:master\r\nloading:0\r\nmaxmemory:0\r\n";

function greetingReply([name, argument]: readonly string[]): string {
  if (name.toUpperCase() === "HELLO") {
    const head = argument === "3" ? `%${IDENTITY.length / 2}` : `*${IDENTITY.length}`;
    return `${head}\r\n${IDENTITY.map(bulk).join("")}`;
  }
  if (name.toUpperCase() === "INFO") return bulk(INFO);
  return name.toUpperCase() === "PING" ? "+PONG\r\n" : "+OK\r\n";
}

/** Whole commands: arrays of bulk strings, in which each byte is one character. */
function readCommands(text: string): { commands: string[][]; rest: string } {
  const commands: string[][] = [];
  let from = 0;
  for (;;) {
    const read = readCommand(text, from);
    if (read === undefined) return { commands, rest: text.slice(from) };
    commands.push(read.command);
    from = read.end;
  }
}

function readCommand(text: string, from: number): { command: string[]; end: number } | undefined {
  const head = numberAt(text, from, "*");
  if (head === undefined) return undefined;
  const command: string[] = [];
  let { end } = head;
  for (let i = 0; i < head.value; i++) {
    const length = numberAt(text, end, "$");
    if (length === undefined || text.length < length.end + length.value + 2) return undefined;
    command.push(text.slice(length.end, length.end + length.value));
    end = length.end + length.value + 2;
  }
  return { command, end };
}

function numberAt(text: string, from: number, mark: string): { value: number; end: number } | undefined {
  const end = text.indexOf("\r\n", from);
  if (end === -1) return undefined;
  if (text[from] !== mark) throw new Error(`not a command of Redis: ${text.slice(from, from + 20)}`);
  return { value: Number(text.slice(from + 1, end)), end: end + 2 };
}
