import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StartError } from "./StartError.ts";

/** Where a server is to listen, and the names of the flags that say so. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly hostFlag: string;
  readonly portFlag: string;
}

/**
 * Starts to listen.
 * @returns the URL under which a program on this machine reaches it
 * @throws StartError
 */
export async function listen(server: Server, place: Place): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) =>
      reject(new StartError(explain(error, place), { cause: error }));
    server.once("error", fail);
    server.listen(place.port, place.host, () => {
      server.off("error", fail);
      resolve();
    });
  });
  return urlOf(server.address() as AddressInfo);
}

function explain(
  { code = "", message }: NodeJS.ErrnoException,
  { host, port, hostFlag, portFlag }: Place,
): string {
  const sentences: Record<string, string> = {
    EADDRINUSE: `port ${port} on ${host} is in use; stop what listens there, or choose another port with ${portFlag}`,
    EACCES: `port ${port} on ${host} needs more rights than this process has; choose another with ${portFlag}`,
    EADDRNOTAVAIL: `no interface of this machine has the address ${host}; choose another with ${hostFlag}`,
    ENOTFOUND: `there is no host ${host}; choose another with ${hostFlag}`,
  };
  return sentences[code] ?? `cannot listen on ${host} port ${port}: ${message}`;
}

function urlOf({ address, family, port }: AddressInfo): string {
  const local: Record<string, string> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const host = local[address] ?? address;
  return `http://${family === "IPv6" ? `[${host}]` : host}:${port}`;
}
