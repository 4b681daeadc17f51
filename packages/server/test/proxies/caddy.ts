import { startCaddy } from "../../../../test/services/caddy.ts";
import type { ProxyKind, ProxyWay } from "./ProxyKind.ts";
import { replaced, snippets } from "./snippets.ts";

const [SITE, OPEN] = snippets("caddy");

export const caddy: ProxyKind = {
  name: "Caddy",
  start(sluice, application, way = {}) {
    return startCaddy((port) =>
      replaced(way.open ? SITE.replace(/\}\n$/, `${OPEN}}\n`) : SITE, {
        "example.com {": `http://:${port} {\nbind 127.0.0.1`,
        "127.0.0.1:8080": sluice,
        "127.0.0.1:3000": application,
        ...changes(way),
      }),
    );
  },
  startBefore(inner) {
    return startCaddy((port) => `http://:${port} {\nbind 127.0.0.1\nreverse_proxy ${inner}\n}\n`);
  },
  unanswered: [502, 504],
};

function changes({ behindAnother, patience }: ProxyWay): Record<string, string> {
  return {
    ...(patience === undefined && { "timeout 1s": "timeout 30s" }),
    ...(behindAnother && { "method GET": "method GET\ntrusted_proxies 127.0.0.1/32" }),
  };
}
