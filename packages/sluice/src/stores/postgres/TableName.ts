import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";

/** The name of the table of the records, as SQL takes it. */
export interface TableName {
  /** `"limits"."sluice_records"`, quotes included. */
  readonly quoted: string;
  /** `"limits".`, or nothing where the search path decides. */
  readonly schema: string;
}

const PART = /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/;

/**
 * One name, or a schema and a name with a dot between them. Upper and lower case differ, as in quotes.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function tableName(table: unknown): TableName {
  const parts = typeof table === "string" ? table.split(".") : [];
  if (parts.length === 0 || parts.length > 2 || !parts.every((part) => PART.test(part))) throw invalid(table);
  const quoted = parts.map((part) => `"${part}"`);
  return { quoted: quoted.join("."), schema: parts.length === 1 ? "" : `${quoted[0]}.` };
}

function invalid(table: unknown): ConfigurationError {
  const message = `postgresStore table must be a name, or schema.name, each of 1 to 63 letters, digits, _ and $ that begins with none of the digits, not ${show(table)}`;
  return new ConfigurationError("INVALID_OPTION", message, {
    value: table,
    nearest: nearestName(table),
    path: "table",
  });
}

function nearestName(table: unknown): string {
  if (typeof table !== "string" || table === "") return "sluice_records";
  const parts = table.replaceAll('"', "").split(".").slice(-2);
  const nearest = parts.map((part) =>
    part
      .replaceAll(/[^A-Za-z0-9_$]/g, "_")
      .replace(/^(?![A-Za-z_])/, "_")
      .slice(0, 63),
  );
  return nearest.join(".");
}
