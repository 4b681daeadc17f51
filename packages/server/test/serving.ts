import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Log } from "../src/serve/Log.ts";
import { serve, type Serving } from "../src/serve/serve.ts";
import type { ServeOptions } from "../src/serve/ServeOptions.ts";

/** A server of this process, with what it told people. */
export interface Served extends Serving {
  readonly file: string;
  readonly said: readonly string[];
  readonly complaints: readonly string[];
  /** Puts other rules into the file. */
  write(rules: string): void;
}

/** An empty folder, which is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sluice-server-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Serves rules on free ports until the test ends. The store is in memory, the file is not watched. */
export async function serving(rules: string, options: Partial<ServeOptions> = {}): Promise<Served> {
  const file = join(temporaryFolder(), "limits.yaml");
  const write = (text: string) => writeFileSync(file, text);
  write(rules);
  const said: string[] = [];
  const complaints: string[] = [];
  const log = new Log(
    (line) => said.push(line),
    (line) => complaints.push(line),
  );
  const served = await serve(file, { ...DEFAULTS, ...options }, log);
  onTestFinished(() => served.close());
  return { ...served, file, said, complaints, write };
}

const DEFAULTS: ServeOptions = {
  host: "127.0.0.1",
  port: 0,
  adminHost: "127.0.0.1",
  adminPort: 0,
  store: "memory",
  trustedProxies: [],
  watch: false,
};

/** What `/metrics` says about this program. */
export async function metricsOf({ adminUrl }: Served): Promise<string> {
  const text = await (await fetch(`${adminUrl}/metrics`)).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("sluice_"))
    .join("\n");
}

/** The statuses of several requests, one after the other. */
export async function statuses(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) {
    const response = await ask();
    await response.arrayBuffer();
    found.push(response.status);
  }
  return found;
}
