import { show } from "../../errors/show.ts";
import { canonicalPath } from "./canonicalPath.ts";

const PARAMETER = /^:[A-Za-z_][A-Za-z0-9_]*$/;

/** What cannot stand in a segment of a pattern: the syntax of other routers, and what no path contains. */
const FOREIGN = /[\s\\?#|^<>()[\]{}]/;

/** Why this cannot be a segment of a pattern, or undefined if it can. */
export function segmentFault(segment: string): string | undefined {
  if (segment === "" || segment === "*" || segment === "**" || PARAMETER.test(segment)) return undefined;
  const foreign = FOREIGN.exec(segment)?.[0];
  if (foreign !== undefined)
    return `${show(foreign)} has no meaning in it; a literal one is ${encoded(foreign)}`;
  if (segment.includes("*"))
    return `${show(segment)} has a "*" that is not the whole segment; a literal one is %2a`;
  if (segment.includes(":"))
    return `${show(segment)} is no ":name" of letters, digits and _; a literal one is %3a`;
  if (canonicalPath(`/${segment}`) === "/") return `${show(segment)} is resolved before a rule sees the path`;
  return undefined;
}

function encoded(character: string): string {
  const utf8 = encodeURIComponent(character);
  return utf8 === character ? `%${character.charCodeAt(0).toString(16)}` : utf8.toLowerCase();
}
