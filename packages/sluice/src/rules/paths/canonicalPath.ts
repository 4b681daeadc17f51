import { decodePercent } from "./decodePercent.ts";
import { targetPath } from "./targetPath.ts";

/** Finds what makes a path other than canonical, or only may: most paths have none of it. */
const UNUSUAL = /[^a-z0-9/._~!$&'()*+,;=:@-]|\/[./]|.\/$/;

/**
 * The one spelling of a request target that rules are matched on, so that no other spelling avoids a rule: scheme,
 * host, query and fragment are cut, percent-encoding is decoded once, dot segments are resolved as URL parsers do,
 * repeated slashes are one, the last slash is dropped and letters are lower case. Encoded slashes (`%2f`) stay
 * encoded, since no framework takes them for slashes, and `;parameters` stay.
 *
 * Takes any string, never throws, answers with a string that starts with `/`, in time linear in its length.
 * Frameworks that route on the raw text may see another path: {@link pathReadings}.
 * @example canonicalPath("http://host/a/%2e%2e//LOG%69n/?next=/") === "/login"
 */
export function canonicalPath(target: string): string {
  const path = targetPath(target);
  if (path.startsWith("/") && !UNUSUAL.test(path)) return path;
  return foldSegments(resolveDots(decodePercent(path.replaceAll("\\", "/")).split("/")));
}

/** `/` and the segments that are not empty, in lower case: `["", "A", "", "b"]` is `/a/b`. */
export function foldSegments(segments: readonly string[]): string {
  return `/${segments.filter((segment) => segment !== "").join("/")}`.toLowerCase();
}

/** An empty segment counts as one, for a URL parser too: `/a//../b` is `/a/b`. */
export function resolveDots(segments: readonly string[]): string[] {
  const resolved: string[] = [];
  for (const segment of segments) {
    if (segment === "..") resolved.pop();
    else if (segment !== ".") resolved.push(segment);
  }
  return resolved;
}
