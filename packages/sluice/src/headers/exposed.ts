import type { HeaderList } from "./HeaderList.ts";

/**
 * Adds `Access-Control-Expose-Headers` (Fetch standard, CORS protocol), which lets scripts from other origins read the
 * fields. `Retry-After` is always in it, so that it has the same value on every answer of a route.
 */
export function exposed(fields: HeaderList, isWanted: boolean): HeaderList {
  if (!isWanted || fields.length === 0) return fields;
  const names = fields
    .map(([name]) => name)
    .filter((name) => name !== "Cache-Control" && name !== "Retry-After");
  return [...fields, ["Access-Control-Expose-Headers", ["Retry-After", ...names].join(", ")]];
}
