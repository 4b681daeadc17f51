import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What reached the application: `"POST /login 3"`, with the length of the body. */
export interface Application {
  /** `127.0.0.1:3000` */
  readonly address: string;
  readonly seen: string[];
  close(): Promise<void>;
}

/** Answers everything with 200 and what it saw, except a target with `crash`, at which it hangs up. */
export async function startApplication(): Promise<Application> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let length = 0;
    request.on("data", (chunk: Buffer) => (length += chunk.length));
    request.on("end", () => {
      const line = `${request.method} ${request.url} ${length}`;
      seen.push(line);
      if (request.url?.includes("crash")) response.destroy();
      else response.end(line);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
