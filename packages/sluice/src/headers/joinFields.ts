import type { HeaderList } from "./HeaderList.ts";
import { lowerCase } from "./lowerCase.ts";

/** The value that a field has on the answer already, from another guard or from the application. */
export type FieldReader = (name: string) => string | undefined;

/** How fields that are on the answer already are joined with ours. */
interface Joining {
  readonly read: FieldReader;
  /** Ours are told before those that are there. */
  readonly isFirst?: boolean;
  /** Of fields that tell one limit only, whether the one of this name that is there stays. */
  readonly yields: (name: string) => boolean;
}

/**
 * Joins our fields with those that an answer has: several guards may stand before one route. Lists (the fields of
 * draft-11, `RateLimit-Policy` of all drafts, `Access-Control-Expose-Headers`, `Vary`) grow; of fields that tell one limit only,
 * those of the limit nearest to refusing stay, for each name of a template.
 */
export function joinFields(fields: HeaderList, read: FieldReader): HeaderList {
  return joinEach(fields, { read, yields: tellsLess(fields, read, (theirs, ours) => theirs < ours) });
}

/** The same for a refusal: of fields that tell one limit only, its own replace what is there. */
export function joinRefusalFields(fields: HeaderList, read: FieldReader): HeaderList {
  return joinEach(fields, { read, yields: () => false });
}

/**
 * The same where the answer comes back through the guards, from the inside out, with the result that {@link joinFields} has
 * on its way in: ours were counted before what is there.
 * @param isRefusal a guard further in has refused
 */
export function joinOuterFields(fields: HeaderList, read: FieldReader, isRefusal: boolean): HeaderList {
  const staysOurs = tellsLess(fields, read, (theirs, ours) => ours < theirs);
  return joinEach(fields, { read, yields: (name) => isRefusal || !staysOurs(name), isFirst: true });
}

function joinEach(fields: HeaderList, { read, yields, isFirst = false }: Joining): HeaderList {
  return fields.flatMap(([name, value]): HeaderList => {
    const there = read(name);
    if (there === undefined || there === "") return [[name, value]];
    const kind = listKind(name, value);
    if (kind === undefined || kind !== listKind(name, there)) return yields(name) ? [] : [[name, value]];
    const isOursFirst = isFirst && kind !== "words";
    return [[name, isOursFirst ? joined(value, there, kind) : joined(there, value, kind)]];
  });
}

/**
 * Of the limit of a field, whether what remains there is less, or ours is, as `isLess` says. A field that is of none of the
 * limits that are compared follows them.
 */
function tellsLess(
  fields: HeaderList,
  read: FieldReader,
  isLess: (theirs: number, ours: number) => boolean,
): (name: string) => boolean {
  const limits = new Map<string, boolean>();
  for (const [name, value] of fields) {
    const ours = remaining(name, value);
    const theirs = remaining(name, read(name) ?? "");
    if (ours !== undefined && theirs !== undefined) limits.set(limitOf(name), isLess(theirs, ours));
  }
  const isAny = [...limits.values()].includes(true);
  return (name) => limits.get(limitOf(name)) ?? isAny;
}

/** `x-ratelimit-tokens` of `X-RateLimit-Remaining-Tokens`, as of its siblings: what tells limits of a template apart. */
function limitOf(name: string): string {
  const words = lowerCase(name).split("-");
  return words.filter((word) => word !== "limit" && word !== "remaining" && word !== "reset").join("-");
}

/** Of `X-RateLimit-Remaining: 50`, `x-ratelimit-remaining-tokens: 50`, or of `RateLimit: limit=100, remaining=50, reset=30`. */
function remaining(name: string, value: string): number | undefined {
  const number = /remaining(-|$)/i.test(name) ? value : /\bremaining=(\d+)/.exec(value)?.[1];
  return number !== undefined && /^\d+$/.test(number) ? Number(number) : undefined;
}

/** What a field lists: named policies (draft-11), those of older drafts, or words; undefined if it is no list. Kinds do not mix. */
function listKind(name: string, value: string): "named" | "plain" | "words" | undefined {
  const field = lowerCase(name);
  if (field === "ratelimit") return value.startsWith('"') ? "named" : undefined;
  if (field === "ratelimit-policy") return value.startsWith('"') ? "named" : "plain";
  return field === "access-control-expose-headers" || field === "vary" ? "words" : undefined;
}

function joined(first: string, second: string, kind: "named" | "plain" | "words"): string {
  if (kind === "named") return `${first}, ${second}`;
  const parts = `${first},${second}`.split(",").map((part) => part.trim());
  return [...new Set(parts)].filter((part) => part !== "").join(", ");
}
