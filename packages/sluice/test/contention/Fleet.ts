import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** How long a process may take to end by itself. */
const PATIENCE_MS = 5000;

/** Processes of one program that answer jobs; each begins a job when all are ready for it. */
export class Fleet {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  /** @param args of each process, by its number */
  static async start(size: number, program: string, args: (i: number) => readonly string[]): Promise<Fleet> {
    const path = new URL(program, import.meta.url).pathname;
    const children = Array.from({ length: size }, (_, i) =>
      fork(path, args(i), { execArgv: [], serialization: "advanced", stdio: ["ignore", "inherit", "inherit", "ipc"] }),
    );
    const fleet = new Fleet(children);
    try {
      await Promise.all(children.map(nextMessage));
      return fleet;
    } catch (error) {
      await fleet.end();
      throw error;
    }
  }

  /** Gives each process its job, and resolves to their answers. */
  ask<Job extends object, Answer>(jobs: readonly Job[]): Promise<Answer[]> {
    const answers = jobs.map((_, i) => nextMessage(this.#children[i]) as Promise<Answer>);
    jobs.forEach((job, i) => this.#children[i].send(job));
    return Promise.all(answers);
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map(end));
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) => reject(new Error(`process ${child.pid} ended with ${code}`));
    child.once("exit", died);
    child.once("message", (message) => {
      child.off("exit", died);
      resolve(message);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(killer);
}
