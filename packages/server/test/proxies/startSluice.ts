import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../test/services/freePort.ts";
import { guarded } from "../../../../test/services/guarded.ts";

const SLUICE = fileURLToPath(new URL("../../dist/sluice.js", import.meta.url));

export interface RunningSluice {
  /** `127.0.0.1:8080` */
  readonly address: string;
  stop(): Promise<void>;
}

/** Where no connection of a test comes from, and no other server listens: a port that was free stays free. */
export const ELSEWHERE: string = process.platform === "linux" ? "127.0.4.1" : "127.0.0.1";

/**
 * The built `sluice serve` as a process of its own, which trusts 127.0.0.1.
 * @param address `127.0.0.1:8080`; default a free port elsewhere
 */
export async function startSluice(
  rules: string,
  { address = "", store = "memory" } = {},
): Promise<RunningSluice> {
  const [host, port] = (address || `${ELSEWHERE}:${await freePort()}`).split(":");
  const folder = mkdtempSync(join(tmpdir(), "sluice-served-"));
  const file = join(folder, "limits.yaml");
  writeFileSync(file, rules);
  const flags = ["--host", host, "--port", port, "--admin-port", "0", "--store", store, "--no-watch"];
  const stop = await guarded({
    binary: process.execPath,
    args: [SLUICE, "serve", file, ...flags, "--trusted-proxies", "127.0.0.1/32"],
    folder,
    ready: /Ctrl-C ends it/,
    ids: {},
    env: { PATH: process.env.PATH },
  });
  return { address: `${host}:${port}`, stop };
}
