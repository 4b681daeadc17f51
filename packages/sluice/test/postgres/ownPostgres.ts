import { rmSync } from "node:fs";
import { Client } from "pg";
import { freePort } from "../../../../test/services/freePort.ts";
import { initPostgres, runPostgres } from "../../../../test/services/runPostgres.ts";

/** A server that a test may ill-treat. */
export interface OwnPostgres {
  readonly url: string;
  /** As when the power fails: nothing is written any more. */
  crash(): Promise<void>;
  /** After a crash. */
  start(): Promise<void>;
  /** Holds all of its processes: connections stay, and nothing is answered. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export async function ownPostgres(
  binary: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnPostgres> {
  const folder = initPostgres(binary);
  const port = await freePort();
  const url = `postgres://sluice@127.0.0.1:${port}/postgres`;
  let end = async () => {};
  let processes: number[] = [];
  const start = async () => {
    end = await runPostgres({ binary, folder, port, settings, keepsData: true });
    processes = [];
  };
  const signalAll = (signal: NodeJS.Signals) => {
    for (const id of processes) if (isAlive(id)) process.kill(id, signal);
  };
  await start();
  return {
    url,
    start,
    async crash() {
      processes = await processesOf(url);
      signalAll("SIGKILL");
      await end();
    },
    async freeze() {
      processes = await processesOf(url);
      signalAll("SIGSTOP");
    },
    thaw: () => signalAll("SIGCONT"),
    async stop() {
      signalAll("SIGCONT");
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The first process of the server, then those that it started. */
async function processesOf(url: string): Promise<number[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const text = `
    select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid
    union all select pid from pg_stat_activity where pid <> pg_backend_pid()`;
  const { rows } = await client.query<{ pid: number }>(text);
  await client.end();
  return rows.map(({ pid }) => pid);
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}
