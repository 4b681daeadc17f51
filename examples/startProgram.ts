import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, onTestFinished } from "vitest";

export interface Program {
  readonly url: string;
  /** What it wrote to stderr until now. */
  stderr(): string;
  /** Ends it as an operator does. */
  stop(): Promise<void>;
}

/** Starts a program that prints where it listens, for the test that asks for it. */
export async function startProgram(name: string, env: NodeJS.ProcessEnv = {}): Promise<Program> {
  const program = await start(name, env);
  onTestFinished(program.stop);
  return program;
}

/** The same for all tests of a `describe`, which share what they spend. Answers the URL of a path. */
export function sharedProgram(name: string, env: NodeJS.ProcessEnv = {}): (path: string) => string {
  let program: Program;
  beforeAll(async () => {
    program = await start(name, env);
  });
  afterAll(() => program.stop());
  return (path) => program.url + path;
}

async function start(name: string, env: NodeJS.ProcessEnv): Promise<Program> {
  const child = spawn(process.execPath, [new URL(name, import.meta.url).pathname], {
    env: { ...process.env, ...env, PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (written += text));
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  const first = await Promise.race([once(child.stdout, "data"), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`${name} ended: ${written}`);
  return { url: String(first[0]).trim(), stderr: () => written, stop };
}
