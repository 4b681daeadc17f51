import type { HeaderList } from "./HeaderList.ts";

/** The value that a field has on the answer already, from another guard or from the application. */
export type FieldReader = (name: string) => string | undefined;

/**
 * Joins our fields with those that an answer has: several guards may stand before one route. Lists (the fields of
 * draft-11, `RateLimit-Policy` of all drafts, `Access-Control-Expose-Headers`) grow; of fields that tell one limit only,
 * those of the limit nearest to refusing stay.
 */
export function joinFields(fields: HeaderList, read: FieldReader): HeaderList {
  const yields = fields.some((field) => isFartherThan(field, read));
  return joinEach(fields, read, (field) => (yields ? [] : [field]));
}

/** The same for a refusal: of fields that tell one limit only, its own replace what is there. */
export function joinRefusalFields(fields: HeaderList, read: FieldReader): HeaderList {
  return joinEach(fields, read, (field) => [field]);
}

function joinEach(
  fields: HeaderList,
  read: FieldReader,
  ofOneLimit: (field: HeaderList[number]) => HeaderList,
): HeaderList {
  return fields.flatMap(([name, value]): HeaderList => {
    const there = read(name);
    if (there === undefined || there === "") return [[name, value]];
    const kind = listKind(name, value);
    if (kind !== undefined && kind === listKind(name, there)) return [[name, joined(there, value, kind)]];
    return ofOneLimit([name, value]);
  });
}

/** Whether the answer tells already that less remains than this field says. */
function isFartherThan([name, value]: HeaderList[number], read: FieldReader): boolean {
  const ours = remaining(name, value);
  const theirs = remaining(name, read(name) ?? "");
  return ours !== undefined && theirs !== undefined && theirs < ours;
}

/** Of `X-RateLimit-Remaining: 50`, or of `RateLimit: limit=100, remaining=50, reset=30`. */
function remaining(name: string, value: string): number | undefined {
  const number = /remaining$/i.test(name) ? value : /\bremaining=(\d+)/.exec(value)?.[1];
  return number !== undefined && /^\d+$/.test(number) ? Number(number) : undefined;
}

/** What a field lists: named policies (draft-11) or plain words; undefined if it is no list. Kinds do not mix. */
function listKind(name: string, value: string): "named" | "plain" | undefined {
  const field = name.toLowerCase();
  if (field === "ratelimit") return value.startsWith('"') ? "named" : undefined;
  if (field === "ratelimit-policy") return value.startsWith('"') ? "named" : "plain";
  return field === "access-control-expose-headers" ? "plain" : undefined;
}

function joined(there: string, ours: string, kind: "named" | "plain"): string {
  if (kind === "named") return `${there}, ${ours}`;
  const words = `${there},${ours}`.split(",").map((word) => word.trim());
  return [...new Set(words)].filter((word) => word !== "").join(", ");
}
