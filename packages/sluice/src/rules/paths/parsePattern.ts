import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import { canonicalPath } from "./canonicalPath.ts";
import { nearestPattern } from "./nearestPattern.ts";
import { segmentFault } from "./segmentFault.ts";

/** Canonical literal text, or undefined for any one segment. */
export type Segment = string | undefined;

/** The segments before `**` and after it; without `**` there is no tail. */
export interface SegmentPattern {
  text: string;
  head: readonly Segment[];
  tail: readonly Segment[] | undefined;
}

/**
 * Reads a string pattern.
 * @throws ConfigurationError `INVALID_PATTERN`
 */
export function parsePattern(pattern: string): SegmentPattern {
  if (pattern === "*" || pattern === "**") return parsePattern("/**");
  const fault = patternFault(pattern);
  if (fault !== undefined) throw invalidPattern(pattern, fault);
  const written = pattern.split("/").filter((segment) => segment !== "");
  const segments = written.map((segment) => (isWild(segment) ? undefined : literal(segment)));
  const gap = written.indexOf("**");
  return {
    text: `/${written.map((segment, i) => canonicalText(segment, segments[i])).join("/")}`,
    head: gap === -1 ? segments : segments.slice(0, gap),
    tail: gap === -1 ? undefined : segments.slice(gap + 1),
  };
}

function isWild(segment: string): boolean {
  return segment.startsWith(":") || segment.startsWith("*");
}

function literal(segment: string): string {
  return canonicalPath(`/${segment}`).slice(1);
}

/** A literal colon or star is written encoded, so that two patterns that differ have texts that differ. */
function canonicalText(written: string, literal: Segment): string {
  if (literal === undefined) return written;
  return literal.replaceAll(":", "%3a").replaceAll("*", "%2a");
}

function patternFault(pattern: unknown): string | undefined {
  if (typeof pattern !== "string") return "it is neither a string nor a RegExp";
  if (!pattern.startsWith("/")) return 'it does not start with "/"';
  const seen = new Set<string>();
  for (const segment of pattern.split("/")) {
    const fault = seen.has(segment) ? `${show(segment)} stands in it twice` : segmentFault(segment);
    if (fault !== undefined) return fault;
    if (segment === "**" || segment.startsWith(":")) seen.add(segment);
  }
  return undefined;
}

function invalidPattern(pattern: unknown, fault: string): ConfigurationError {
  const nearest = typeof pattern === "string" ? nearestPattern(pattern) : undefined;
  return new ConfigurationError(
    "INVALID_PATTERN",
    `${show(pattern)} is no path pattern: ${fault}. A pattern starts with "/"; its segments are text, ":name" or "*" ` +
      `for one segment, and once "**" for any number of them; a RegExp can say more` +
      (nearest === undefined ? "" : `; the nearest is ${show(nearest)}`),
    { value: pattern, nearest },
  );
}
