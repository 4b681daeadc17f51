import type { Batch } from "../../../src/stores/onServer/mergeCalls.ts";
import type { ActCode } from "../../../src/stores/onServer/encodeAct.ts";
import type { ActOutcome, Outcome, Plan } from "../../../src/stores/Store.ts";
import type { StoredRecord } from "../../../src/stores/record.ts";
import type { StoreError } from "../../../src/errors/StoreError.ts";

/** A server that runs the twins. */
export interface Server {
  readonly name: string;
  /** Decides at an instant, or at that of its own clock. */
  decide(batch: Batch, instant: number | undefined): Promise<(Outcome | StoreError)[]>;
  /** Does an act, at the same. */
  act(plan: Plan, code: ActCode, instant: number | undefined): Promise<ActOutcome>;
  /** The records under these names. */
  read(names: readonly string[]): Promise<(StoredRecord | undefined)[]>;
  write(name: string, record: StoredRecord): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
  /** When the server itself forgets a record, in microseconds since the epoch. */
  expiry(name: string): Promise<number>;
  close(): Promise<void>;
}
