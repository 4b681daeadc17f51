import { type FSWatcher, unwatchFile, watch, watchFile as pollFile } from "node:fs";
import { dirname } from "node:path";
import { onceSettled } from "./onceSettled.ts";

/** Where the system tells of no changes, as on network drives, they are looked for. */
const POLL_MS = 1000;

/**
 * Calls when a file may have changed and whoever writes it is done, also if it was replaced by another of its name, or its
 * folder is a link that was turned (as Kubernetes does): the folder is watched, and whatever happens in it counts.
 * @returns ends it
 */
export function watchFile(file: string, onChange: () => void): () => void {
  const { note, cancel } = onceSettled(onChange);
  const watcher = watchFolder(dirname(file), note);
  pollFile(file, { interval: POLL_MS, persistent: false }, note);
  return () => {
    cancel();
    watcher?.close();
    unwatchFile(file, note);
  };
}

/** Undefined where folders cannot be watched, or no more of them: then polling is what there is. */
function watchFolder(folder: string, note: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, note);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
