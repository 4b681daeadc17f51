import { applications } from "./applications.ts";

interface Info {
  readonly remoteAddr: { readonly hostname: string };
}
declare const Deno: {
  serve(
    options: { hostname: string; port: number; onListen: (address: { port: number }) => void },
    handler: (request: Request, info: Info) => Response | Promise<Response>,
  ): unknown;
};

Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: ({ port }) => console.log(port) },
  applications({}, { remoteAddress: (_request: Request, info: Info) => info.remoteAddr.hostname }),
);
