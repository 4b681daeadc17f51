import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const SLUICE = fileURLToPath(new URL("../dist/sluice.js", import.meta.url));

/** How long a child may take to say what is waited for. */
const PATIENCE_MS = 10_000;

/** The built command as a process of its own. */
export class RunningCommand {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  constructor(args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv) {
    const env = { PATH: process.env["PATH"], ...environment };
    this.child = spawn(process.execPath, [SLUICE, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    this.#ended = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk: string) => (this.#output += chunk));
    }
  }

  /** All that it printed, on both streams. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed something. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`it ${why} and never printed ${pattern}, but:\n${this.#output}`));
      const timer = setTimeout(fail, PATIENCE_MS, `took more than ${PATIENCE_MS} ms`);
      const look = () => {
        const match = pattern.exec(this.#output);
        if (match === null) return false;
        clearTimeout(timer);
        resolve(match);
        return true;
      };
      for (const stream of [this.child.stdout, this.child.stderr]) stream?.on("data", look);
      void this.#ended.then(() => look() || fail("ended"));
      look();
    });
  }

  /** The URLs that it printed, once it runs. */
  async urls(): Promise<{ url: string; adminUrl: string }> {
    const [, url = "", adminUrl = ""] = await this.printed(
      /requests +(http\S+)\n +admin +(http\S+)[^]*Ctrl-C ends it/,
    );
    return { url, adminUrl };
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** The exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals | null> {
    await this.#ended;
    return this.child.exitCode ?? this.child.signalCode;
  }
}

/** Starts `sluice ...args` in a folder. It is gone after the test, whatever happens. */
export function command(
  args: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv = {},
): RunningCommand {
  const running = new RunningCommand(args, cwd, environment);
  onTestFinished(async () => {
    running.kill("SIGKILL");
    await running.ended();
  });
  return running;
}
