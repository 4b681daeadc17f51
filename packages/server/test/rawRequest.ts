import { connect } from "node:net";

/** Longer than any answer takes, shorter than a test. */
const PATIENCE_MS = 4000;

/**
 * Sends bytes as they are, and gives back what comes until the connection ends.
 * @param halfClose whether to say at once that nothing more will be sent
 */
export function rawRequest(url: string, bytes: string, halfClose = false): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(Number(port), hostname, () => {
      if (halfClose) socket.end(bytes, "latin1");
      else socket.write(bytes, "latin1");
    });
    socket.setTimeout(PATIENCE_MS, () =>
      socket.destroy(new Error(`no end after ${JSON.stringify(received)}`)),
    );
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => (received += chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}
