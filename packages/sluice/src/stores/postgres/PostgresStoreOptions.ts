import { checkFunction } from "../../errors/checkFunction.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { checkSwitch } from "../../errors/checkSwitch.ts";
import type { Warning } from "../../events/Warning.ts";
import { readDeniedCache, type ServerStoreOptions } from "../onServer/ServerStoreOptions.ts";
import { type TableName, tableName } from "./TableName.ts";

/** The options of `postgresStore`. */
export interface PostgresStoreOptions extends ServerStoreOptions {
  /**
   * Whether a crash of the server leaves the table as it was. Default false: it is unlogged, faster, and empty after a
   * crash, which gives every key at most one full limit more. `migrate()` makes an unlogged table durable where this is
   * true, and never the other way.
   */
  durable?: boolean | undefined;
  /**
   * The table of the records: a name, or `schema.name`, of letters, digits, `_` and `$`. Upper and lower case differ. The
   * functions lie in its schema. Default `"sluice_records"`.
   */
  table?: string | undefined;
  /** Told once for each code of a warning: docs/warnings.md lists them. Default: the console. */
  onWarning?: ((warning: Warning) => unknown) | undefined;
}

/** The options, checked and with their defaults. */
export interface PostgresSettings {
  readonly isDurable: boolean;
  readonly table: TableName;
  readonly onWarning: PostgresStoreOptions["onWarning"];
  readonly deniedCache: boolean;
}

/** @throws ConfigurationError `INVALID_OPTION`, `UNKNOWN_OPTION` */
export function readPostgresOptions(options: PostgresStoreOptions): PostgresSettings {
  checkOptions("postgresStore", options, ["durable", "table", "onWarning", "deniedCache"]);
  const { durable = false, table = "sluice_records", onWarning } = options;
  checkSwitch("postgresStore", "durable", durable);
  checkFunction("postgresStore", "onWarning", onWarning);
  const deniedCache = readDeniedCache("postgresStore", options);
  return { isDurable: durable, table: tableName(table), onWarning, deniedCache };
}
