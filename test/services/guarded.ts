import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/**
 * Runs a server, and ends it and removes its folder when pipe 3 closes: at the end of the tests, or when the process of
 * the tests is gone for whatever reason. Its own session, so that Ctrl-C does not end the guard first.
 */
const GUARD = `
folder=$1; shift
"$@" 3<&- &
server=$!
{
  cat <&3 >/dev/null 2>&1
  kill -INT $server
  tries=0
  while kill -0 $server && [ $tries -lt 50 ]; do sleep 0.05; tries=$((tries + 1)); done
  kill -KILL $server
} 2>/dev/null &
wait $server
rm -rf "$folder"
`;

export interface Command {
  readonly binary: string;
  readonly args: readonly string[];
  /** Removed at the end. */
  readonly folder: string;
  /** What it prints when it can be used. */
  readonly ready: RegExp;
  readonly ids: { uid?: number; gid?: number };
  readonly env: NodeJS.ProcessEnv;
}

/** @returns what stops it, when it is ready */
export async function guarded({
  binary,
  args,
  folder,
  ready,
  ids,
  env,
}: Command): Promise<() => Promise<void>> {
  const guard = spawn("sh", ["-c", GUARD, "guard", folder, binary, ...args], {
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
    cwd: folder,
    env,
    ...ids,
  });
  const ended = once(guard, "exit");
  const stop = async () => {
    (guard.stdio[3] as Readable).destroy();
    await ended;
    for (const stream of [guard.stdout!, guard.stderr!]) stream.destroy();
  };
  let printed = "";
  try {
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        printed = (printed + chunk.toString()).slice(-4000);
        if (ready.test(printed)) resolve();
      };
      guard.stdout!.on("data", read);
      guard.stderr!.on("data", read);
      guard.on("error", reject);
      guard.on("exit", () => reject(new Error(`${binary} did not start: ${printed}`)));
      setTimeout(() => reject(new Error(`${binary} is not ready after 20 s: ${printed}`)), 20_000).unref();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
