import type { CompiledRule } from "./compileRule.ts";
import type { Segment } from "./paths/parsePattern.ts";
import type { PathMatcher } from "./paths/pathPattern.ts";

/**
 * Whether the first rule surely fits every request that the second fits. False where that is not certain: of two RegExps
 * nobody can tell.
 */
export function covers(first: CompiledRule, second: CompiledRule): boolean {
  return coversMethods(first, second) && coversGroups(first, second) && coversPath(first.path, second.path);
}

function coversMethods({ methods: a }: CompiledRule, { methods: b }: CompiledRule): boolean {
  if (a.text === "*" || b.text === "*") return a.text === "*";
  return b.text.split(",").every((method) => a.has(method));
}

function coversGroups({ groups: a }: CompiledRule, { groups: b }: CompiledRule): boolean {
  return a === undefined || (b !== undefined && [...b].every((group) => a.has(group)));
}

function coversPath(first: PathMatcher, second: PathMatcher): boolean {
  if (first.text === second.text) return true;
  const [a, b] = [first.segments, second.segments];
  if (a?.tail !== undefined && a.head.length === 0 && a.tail.length === 0) return true;
  if (a === undefined || b === undefined) return false;
  if (a.tail === undefined) {
    return b.tail === undefined && a.head.length === b.head.length && coversSegments(a.head, b.head);
  }
  const [start, end] = b.tail === undefined ? [b.head, b.head] : [b.head, b.tail];
  if (a.head.length > start.length || a.tail.length > end.length) return false;
  if (b.tail === undefined && a.head.length + a.tail.length > start.length) return false;
  return coversSegments(a.head, start) && coversSegments(a.tail, end.slice(end.length - a.tail.length));
}

/** Segment by segment, as far as the first goes. */
function coversSegments(first: readonly Segment[], second: readonly Segment[]): boolean {
  return first.every((segment, i) => segment === undefined || segment === second[i]);
}
