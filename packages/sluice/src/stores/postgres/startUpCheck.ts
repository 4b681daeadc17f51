import { StoreError } from "../../errors/StoreError.ts";
import type { Warn, Warning } from "../../events/Warning.ts";
import type { Findings } from "./inspect.ts";
import { NOT_ALLOWED, sqlState } from "./postgresFailure.ts";

const OLDEST = 140_000;

/**
 * Looks once, beside the first calls that find a server that is migrated, and warns of what no call would tell.
 * @param isDurable what was asked for
 */
export function startUpCheck(look: () => Promise<Findings>, isDurable: boolean, warn: Warn): () => void {
  let isDone = false;
  const check = async () => {
    try {
      const findings = await look();
      isDone = findings.hasFunctions;
      for (const warning of warningsOf(findings, isDurable)) warn(warning);
    } catch (error) {
      isDone = error instanceof StoreError && sqlState(error.cause) === NOT_ALLOWED;
      if (isDone) warn({ code: "POSTGRES_PERMISSION", message: (error as StoreError).message });
    }
  };
  return () => {
    if (isDone) return;
    isDone = true;
    void check();
  };
}

export function warningsOf(findings: Findings, isDurable: boolean): Warning[] {
  const { version, isolation, missing } = findings;
  const warnings: Warning[] = [];
  const add = (code: string, message: string) => warnings.push({ code, message });
  if (version < OLDEST)
    add(
      "POSTGRES_VERSION",
      `PostgreSQL ${Math.floor(version / 10_000)} is too old for this store, which needs 14`,
    );
  if (missing !== "")
    add(
      "POSTGRES_PERMISSION",
      `this role lacks ${missing} on what migrate() made: not every call will work, nor the removal of idle rows`,
    );
  if (isolation !== "read committed")
    add(
      "POSTGRES_ISOLATION",
      `transactions begin as ${isolation}: calls on one key undo each other; give this role or pool default_transaction_isolation = 'read committed'`,
    );
  if (isDurable && findings.isDurable === false)
    add(
      "POSTGRES_UNLOGGED",
      "the store is to be durable and its table is unlogged: a crash of the server empties it; call migrate()",
    );
  return warnings;
}
