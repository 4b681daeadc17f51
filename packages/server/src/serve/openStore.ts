import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { isSluiceError, memoryStore, nearestWord, type Store } from "sluice";
import { StartError } from "./StartError.ts";

/** Which store: `memory`, or `sqlite:PATH`. */
export interface StoreChoice {
  readonly kind: "memory" | "sqlite";
  /** Empty for memory. */
  readonly path: string;
}

/** Reads what `--store` takes; for what is no store, the nearest word where there is one. */
export function parseStore(text: string): StoreChoice | { readonly nearest: string | undefined } {
  if (text === "memory") return { kind: "memory", path: "" };
  const [kind = "", ...rest] = text.split(":");
  const path = rest.join(":");
  if (kind === "sqlite" && path !== "") return { kind, path };
  return { nearest: kind === "sqlite" ? "sqlite:./data/sluice.db" : nearestWord(kind, ["memory", "sqlite"]) };
}

/**
 * Opens the store. The folder of a SQLite file is made if it is not there.
 * @throws StartError
 */
export async function openStore({ kind, path }: StoreChoice): Promise<Store> {
  if (kind === "memory") return memoryStore();
  if (process.getBuiltinModule("node:sqlite") === undefined) {
    throw new StartError(
      `the store sqlite needs Node 22 or newer, and this is ${process.version}; use --store memory`,
    );
  }
  try {
    if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    const { sqliteStore } = await import("sluice/sqlite");
    return sqliteStore(path);
  } catch (error) {
    if (!isSluiceError(error) && !isSystemError(error)) throw error;
    throw new StartError(`the store sqlite:${path} cannot be opened: ${error.message}`, { cause: error });
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}
