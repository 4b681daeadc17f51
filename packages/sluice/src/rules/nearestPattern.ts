import { resolveDots } from "./canonicalPath.ts";
import { segmentFault } from "./segmentFault.ts";
import { targetPath } from "./targetPath.ts";

/** `:id?`, `{id}`, `[id]`, `[...id]`, `<id>`, `(id)`: how routers write a parameter. */
const FOREIGN_PARAMETER = /^[:{[<(]\W*([A-Za-z_][A-Za-z0-9_]*)/;

/** A valid pattern for one that is not, never narrower where that can be helped: `/towns*` gives `/towns/**`. */
export function nearestPattern(pattern: string): string {
  const path = targetPath(pattern.trim().replace(/^\^/, "")).replace(/([^/*])\*+$/, "$1/**");
  const used = new Set<string>();
  const segments = resolveDots(path.split("/"))
    .filter((segment) => segment !== "")
    .map((segment) => nearestSegment(segment, used));
  const everythingFrom = segments.indexOf("**");
  return `/${(everythingFrom === segments.lastIndexOf("**") ? segments : segments.slice(0, everythingFrom + 1)).join("/")}`;
}

function nearestSegment(segment: string, used: Set<string>): string {
  const name = FOREIGN_PARAMETER.exec(segment)?.[1];
  if (name === undefined) return segmentFault(segment) === undefined ? segment : "*";
  if (used.has(name)) return "*";
  used.add(name);
  return `:${name}`;
}
