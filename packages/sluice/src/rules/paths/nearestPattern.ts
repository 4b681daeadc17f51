import { resolveDots } from "./canonicalPath.ts";
import { segmentFault } from "./segmentFault.ts";
import { targetPath } from "./targetPath.ts";

/** What stands before the path in a pattern that is a URL or the text of a RegExp. */
const BEFORE_PATH = /^\^?(?:[a-z]+:\/\/[^/]*)?/i;

/** `*path`, `{*path}`, `[...path]`: how routers write the rest of a path. */
const FOREIGN_REST = /^\W*(?:\*|\.{3})[A-Za-z_]\w*\W*$/;

/** `:id(\d+)`, `{id}`, `[id]`, `<id>`, `(id)`: how routers write a parameter. */
const FOREIGN_PARAMETER = /^[:{[<(]+([A-Za-z_]\w*)/;

/** A valid pattern for one that is not, rather wider than narrower: `/towns*` gives `/towns/**`. */
export function nearestPattern(pattern: string): string {
  const path = targetPath(pattern.trim(), BEFORE_PATH).replace(/([^/*])\*+$/, "$1/**");
  const names = new Set<string>();
  const segments = resolveDots(path.split("/"))
    .filter((segment) => segment !== "")
    .map((segment) => nearestSegment(segment, names));
  const rest = segments.indexOf("**");
  return `/${(rest === segments.lastIndexOf("**") ? segments : segments.slice(0, rest + 1)).join("/")}`;
}

function nearestSegment(segment: string, names: Set<string>): string {
  if (FOREIGN_REST.test(segment)) return "**";
  const name = FOREIGN_PARAMETER.exec(segment)?.[1];
  if (name === undefined) return segmentFault(segment) === undefined ? segment : "*";
  if (names.has(name)) return "*";
  names.add(name);
  return `:${name}`;
}
