import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Reply } from "./answerJobs.ts";

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
      fork(path, args(i), {
        execArgv: [],
        serialization: "advanced",
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      }),
    );
    const fleet = new Fleet(children);
    try {
      await Promise.all(children.map(nextAnswer));
      return fleet;
    } catch (error) {
      await fleet.end();
      throw error;
    }
  }

  /** Gives each process its job, and resolves to their answers. */
  async ask<Answer>(jobs: readonly object[]): Promise<Answer[]> {
    const answers = jobs.map((job, i) => {
      const answer = nextAnswer(this.#children[i]);
      this.#children[i].send(job, () => {});
      return answer as Promise<Answer>;
    });
    await Promise.allSettled(answers);
    return Promise.all(answers);
  }

  /** Ends one as a fault would: it has no say in it. */
  async kill(i: number): Promise<void> {
    const child = this.#children[i];
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map(end));
  }
}

function nextAnswer(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const died = () =>
      reject(new Error(`process ${child.pid} ended with ${child.exitCode ?? child.signalCode}`));
    if (hasEnded(child)) died();
    child.once("exit", died);
    child.once("message", (reply: Reply) => {
      child.off("exit", died);
      if ("answer" in reply) resolve(reply.answer);
      else reject(new Error(`process ${child.pid}: ${reply.error}`));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = once(child, "exit");
  const killer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(killer);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
