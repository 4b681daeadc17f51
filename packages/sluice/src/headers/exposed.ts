import type { HeaderList } from "./HeaderList.ts";

/** Adds `Access-Control-Expose-Headers` (Fetch standard, CORS protocol) for the fields that a script could not read else. */
export function exposed(fields: HeaderList, isWanted: boolean): HeaderList {
  const names = fields.map(([name]) => name).filter((name) => name !== "Cache-Control");
  return isWanted && names.length > 0 ? [...fields, ["Access-Control-Expose-Headers", names.join(", ")]] : fields;
}
