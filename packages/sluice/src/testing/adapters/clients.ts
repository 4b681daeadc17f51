import type { GuardOptions } from "../../guard/GuardOptions.ts";
import { apiKey } from "../../identity/apiKey.ts";
import { clientIp } from "../../identity/clientIp.ts";
import { memoryStore } from "../../stores/memory/memoryStore.ts";
import { mustEqual } from "../mustEqual.ts";
import type { AdapterCheck, Endpoint } from "./AdapterCheck.ts";

const quiet = { onWarning: () => undefined };
const trusting = { ...quiet, identify: clientIp({ trustedProxies: ["127.0.0.0/8"] }) };

/** Who is counted. */
export const clients: readonly AdapterCheck[] = [
  {
    promise: "case 14: forwarding headers of a peer that is not trusted change nothing",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "5/m", ...quiet });
      const statuses: number[] = [];
      for (let i = 0; i < 20; i++) {
        const address = `9.9.9.${i}`;
        const forwarded = { "X-Forwarded-For": address, Forwarded: `for=${address}`, "X-Real-IP": address };
        const headers = { ...forwarded, "CF-Connecting-IP": address };
        statuses.push((await endpoint.send({ headers })).status);
      }
      mustEqual("how many of 20 passed", statuses.filter((status) => status === 200).length, 5);
    },
  },
  {
    promise: "case 15: of a trusted peer the rightmost hop that is not trusted counts",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "2/m", ...trusting });
      const name = "X-Forwarded-For";
      mustEqual("one hop more", await statusOf(endpoint, [name, "6.6.6.6, 9.9.9.9"]), 200);
      mustEqual("a proxy more", await statusOf(endpoint, [name, "7.7.7.7, 9.9.9.9, 127.0.0.2"]), 200);
      mustEqual("the hop alone", await statusOf(endpoint, [name, "9.9.9.9"]), 429);
      mustEqual("two lines", await statusOf(endpoint, [name, "1.1.1.1", name, "9.9.9.9"]), 429);
      mustEqual("another client", await statusOf(endpoint, [name, "9.9.9.8"]), 200);
    },
  },
  {
    promise: "case 17: hops that are no address count for the peer",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "7/m", ...trusting });
      for (const hop of ["unknown", "_x", "junk", "01.2.3.4", "0x7f.1", "1.2.3", "1.2.3.4, "])
        mustEqual(hop, await statusOf(endpoint, ["X-Forwarded-For", hop]), 200);
      mustEqual("the peer itself", await statusOf(endpoint), 429);
    },
  },
  {
    promise: "case 19: 127.0.0.1 and ::ffff:127.0.0.1 are one client",
    async hold({ serve, hasIpv6 }) {
      if (!hasIpv6) return;
      const options: GuardOptions = { name: "both", limits: "2/m", store: memoryStore() };
      const four = await serve(options, undefined, { at: { host: "127.0.0.1", port: 0 } });
      const both = await serve(options, undefined, { at: { host: "::", port: 0 } });
      mustEqual("over IPv4", await statusOf(four), 200);
      mustEqual("over IPv6, mapped", await statusOf(both), 200);
      mustEqual("the third", await statusOf(both), 429);
      mustEqual("::1", (await both.send({ host: "::1" })).status, 200);
    },
  },
  {
    promise: "case 23: behind a Unix socket nobody is found: 500, and a code",
    async hold({ serve, socketPath }) {
      const codes: string[] = [];
      const options: GuardOptions = { limits: "2/m", onWarning: ({ code }) => void codes.push(code) };
      const endpoint = await serve(options, undefined, { at: { path: socketPath } });
      mustEqual("first", await statusOf(endpoint), 500);
      mustEqual("second", await statusOf(endpoint), 500);
      mustEqual("warnings", codes, ["ADDRESS_MISSING"]);
    },
  },
  {
    promise: "case 29: an API key on two lines is refused with 400, and is no new identity",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "1/m", identify: [apiKey(), clientIp()] });
      mustEqual("two keys", await statusOf(endpoint, ["X-Api-Key", "a", "X-API-KEY", "b"]), 400);
      mustEqual("a", await statusOf(endpoint, ["X-Api-Key", "a"]), 200);
      mustEqual("b", await statusOf(endpoint, ["X-Api-Key", "b"]), 200);
      mustEqual("a again", await statusOf(endpoint, ["X-Api-Key", "a"]), 429);
    },
  },
  {
    promise: "an identity that reads the framework's own request",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "1/m", identify: ({ native }) => typeof native });
      mustEqual("first", await statusOf(endpoint), 200);
      mustEqual("second", await statusOf(endpoint), 429);
    },
  },
  {
    promise: "100 at once on limit 10: exactly 10 pass",
    async hold({ serve }) {
      const endpoint = await serve({ limits: "10/m" });
      const statuses = await Promise.all(Array.from({ length: 100 }, () => statusOf(endpoint)));
      mustEqual("how many passed", statuses.filter((status) => status === 200).length, 10);
      mustEqual("how many did not", statuses.filter((status) => status === 429).length, 90);
    },
  },
];

async function statusOf({ send }: Endpoint, headers: string[] = []): Promise<number> {
  return (await send({ headers })).status;
}
