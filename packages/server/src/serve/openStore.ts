import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isSluiceError, type Store, storeFromEnv } from "sluice";
import { StartError } from "./StartError.ts";
import { storePlace } from "./storePlace.ts";

/**
 * Opens the store that `--store` names. The folder of a SQLite file is made if it is not there.
 * @throws StartError, whose message holds no password
 */
export async function openStore(text: string): Promise<Store> {
  const path = /^sqlite:(?!\/\/|:memory:$)(.+)$/s.exec(text)?.[1];
  if (path !== undefined) refuseOldNode();
  try {
    if (path !== undefined) makeFolder(resolve(dirname(path)));
    return await storeFromEnv({ SLUICE_STORE: text });
  } catch (error) {
    if (!isSluiceError(error) && !isSystemError(error)) throw error;
    const place = storePlace(text);
    const what = place === undefined ? "--store" : `the store ${place} cannot be opened`;
    throw new StartError(`${what}: ${error.message}`, { cause: error });
  }
}

/** Node's own way, `recursive`, tries for ever where the system says that there is no such folder: below /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it just now.
    if (!existsSync(folder)) throw error;
  }
}

function refuseOldNode(): void {
  if (process.getBuiltinModule("node:sqlite") !== undefined) return;
  const message = `the store sqlite needs Node 22.13 or newer, and this is ${process.version}; use --store memory`;
  throw new StartError(message);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
