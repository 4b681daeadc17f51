import { applications } from "./applications.ts";

interface Server {
  readonly port: number;
  requestIP(request: Request): { address: string } | null;
}
declare const Bun: {
  serve(options: {
    hostname: string;
    port: number;
    fetch: (request: Request, server: Server) => Response | Promise<Response>;
  }): Server;
};

const fetch = applications(
  {},
  { remoteAddress: (request: Request, server: Server) => server.requestIP(request)?.address },
);
console.log(Bun.serve({ hostname: "127.0.0.1", port: 0, fetch }).port);
