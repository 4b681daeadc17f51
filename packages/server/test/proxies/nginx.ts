import { startNginx } from "../../../../test/services/nginx.ts";
import type { ProxyKind, ProxyWay } from "./ProxyKind.ts";
import { replaced, snippets } from "./snippets.ts";

const [SNIPPET] = snippets("nginx");

export const nginx: ProxyKind = {
  name: "nginx",
  start(sluice, application, way = {}) {
    return startNginx((port) =>
      replaced(SNIPPET, {
        "listen 80;": `listen 127.0.0.1:${port};`,
        "127.0.0.1:8080": sluice,
        "127.0.0.1:3000": application,
        ...changes(way),
      }),
    );
  },
  startBefore(inner) {
    const forward = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;";
    return startNginx(
      (port) => `server { listen 127.0.0.1:${port}; location / { proxy_pass http://${inner}; ${forward} } }`,
    );
  },
  unanswered: [503, 503],
};

function changes({ open, behindAnother, patience }: ProxyWay): Record<string, string> {
  return {
    ...(patience === undefined && { "timeout 1s": "timeout 30s" }),
    ...(open && { "# error_page": "error_page" }),
    ...(behindAnother && { $remote_addr: "$proxy_add_x_forwarded_for" }),
  };
}
