import { parseList } from "structured-headers";

/** A member of a structured list: its value and its parameters. */
export interface Item {
  readonly value: unknown;
  readonly parameters: Record<string, unknown>;
}

/** Parses `RateLimit-Policy` or `RateLimit` of draft-11 as RFC 9651 says. */
export function items(field: string | null | undefined): Item[] {
  return parseList(field ?? "").map(([value, parameters]) => ({
    value,
    parameters: Object.fromEntries(parameters),
  }));
}

/** The bytes of a structured byte sequence. */
export function bytes(value: unknown): Uint8Array {
  if (!(value instanceof ArrayBuffer)) throw new TypeError("no byte sequence");
  return new Uint8Array(value);
}
