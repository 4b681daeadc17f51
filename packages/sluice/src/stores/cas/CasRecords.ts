import { show } from "../../errors/show.ts";
import { messageOf } from "../../errors/messageOf.ts";
import { StoreError } from "../../errors/StoreError.ts";
import { EMPTY_RECORD, expiryOf, parseRecord, type StoredRecord } from "../record.ts";
import type { CasBackend, Versioned } from "./CasBackend.ts";

/** A record as it was read. */
export interface ReadRecord<Version> {
  readonly key: string;
  readonly record: StoredRecord;
  /** Undefined where none was stored. */
  readonly version: Version | undefined;
}

/** How long a backend may take for one answer. Its client should give up before. */
const PATIENCE_MS = 10_000;

/** The records of a backend. Whatever it does wrong is a StoreError. */
export class CasRecords<Version> {
  readonly #backend: CasBackend<Version>;

  constructor(backend: CasBackend<Version>) {
    this.#backend = backend;
  }

  async read(key: string): Promise<ReadRecord<Version>> {
    const found = await inTime("read", () => this.#backend.read(key));
    if (found === undefined) return { key, record: EMPTY_RECORD, version: undefined };
    if (!isVersioned(found))
      throw failed(`read must resolve to { value, version } or undefined, not ${show(found)}`);
    return { key, record: parseRecord(found.value), version: found.version };
  }

  /** @returns whether it was written, so that nobody else wrote since it was read */
  async swap({ key, version }: ReadRecord<Version>, next: StoredRecord, now: number): Promise<boolean> {
    const ttlMs = Math.max(1, Math.ceil((expiryOf(next) - now) / 1000));
    const isSwapped = await inTime("swap", () =>
      this.#backend.swap(key, version, JSON.stringify(next), ttlMs),
    );
    if (typeof isSwapped === "boolean") return isSwapped;
    throw failed(`swap must resolve to true or false, not ${show(isSwapped)}`);
  }
}

function isVersioned<Version>(found: unknown): found is Versioned<Version> {
  return (
    typeof found === "object" &&
    found !== null &&
    "value" in found &&
    typeof found.value === "string" &&
    "version" in found &&
    found.version !== undefined
  );
}

async function inTime<Answer>(verb: string, ask: () => Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    throw failed(`${verb}: ${messageOf(error)}`, error);
  } finally {
    clearTimeout(timer);
  }
}

function failed(reason: string, cause?: unknown): StoreError {
  return new StoreError("STORE_FAILED", `the compare-and-swap store failed: ${reason}`, cause);
}
