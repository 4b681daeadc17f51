import { parsePattern, type Segment, type SegmentPattern } from "./parsePattern.ts";

export interface PathMatcher {
  /** The pattern in its one spelling, which names the default pool: `/user/:id`, or `/^\/towns/` for a RegExp. */
  readonly text: string;
  /** Whether a canonical path fits. */
  readonly matches: (path: string) => boolean;
  /** Undefined for a RegExp. */
  readonly segments: SegmentPattern | undefined;
}

/**
 * What the `path` of a rule matches.
 *
 * A string starts with `/`; its segments are literal text, `:name` or `*` for exactly one segment, and at most once
 * `**` for any number of them, also none: `/towns/**` is `/towns` and all below, not `/towns-secret`. `*` alone is
 * every path. Literal text is compared as in {@link canonicalPath}: spelling does not matter. Matching is linear in
 * the length of the path.
 *
 * A RegExp is trusted: its time is its own. It runs from the start of the canonical path (which is lower case and
 * decoded) without being bound to its end, ignores case, and its dot matches every character. Of its flags only `u` and
 * `v` are kept.
 * @throws ConfigurationError `INVALID_PATTERN` with the nearest valid pattern
 */
export function pathPattern(pattern: string | RegExp): PathMatcher {
  return pattern instanceof RegExp ? regExpMatcher(pattern) : segmentMatcher(parsePattern(pattern));
}

function regExpMatcher({ source, flags }: RegExp): PathMatcher {
  const anchored = new RegExp(source, `isy${flags.replaceAll(/[^uv]/g, "")}`);
  return {
    text: `/${source}/`,
    matches(path) {
      anchored.lastIndex = 0;
      return anchored.test(path);
    },
    segments: undefined,
  };
}

function segmentMatcher(segments: SegmentPattern): PathMatcher {
  const { text, head, tail } = segments;
  return {
    text,
    segments,
    matches(path) {
      const end = endOfHead(head, path);
      if (tail === undefined) return end === path.length || (end === 0 && path === "/");
      return end !== -1 && end <= startOfTail(tail, path);
    },
  };
}

/** Where the head ends in the path, or -1 if it does not fit. */
function endOfHead(head: readonly Segment[], path: string): number {
  let at = 0;
  for (const segment of head) {
    const slash = path.indexOf("/", at + 1);
    const end = slash === -1 ? path.length : slash;
    if (!fits(segment, path, at + 1, end)) return -1;
    at = end;
  }
  return at;
}

/** Where the tail starts in the path, or -1 if it does not fit. */
function startOfTail(tail: readonly Segment[], path: string): number {
  let at = path.length;
  for (let i = tail.length - 1; i >= 0; i--) {
    const slash = path.lastIndexOf("/", at - 1);
    if (!fits(tail[i], path, slash + 1, at)) return -1;
    at = slash;
  }
  return at;
}

function fits(segment: Segment, path: string, from: number, to: number): boolean {
  if (segment === undefined) return from < to;
  return from + segment.length === to && path.startsWith(segment, from);
}
