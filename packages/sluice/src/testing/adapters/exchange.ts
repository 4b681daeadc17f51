import { request } from "node:http";
import type { Answer, Sent } from "./AdapterCheck.ts";

/**
 * Sends a request, and waits for the whole answer.
 * @param peer where: `port` or `socketPath`, and `agent`, as `request` of node:http takes them
 */
export function exchange(
  peer: object,
  { method = "GET", target = "/", headers = {}, body, host = "127.0.0.1" }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const lines = Array.isArray(headers) ? ["Host", "sluice.test", ...headers] : { ...headers };
    const outgoing = request({ host, method, path: target, headers: lines, ...peer }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
