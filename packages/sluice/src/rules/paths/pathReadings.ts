import { canonicalPath, foldSegments } from "./canonicalPath.ts";
import { decodePercent } from "./decodePercent.ts";
import { PLAIN_ORIGIN } from "./plainOrigin.ts";
import { targetPath } from "./targetPath.ts";

/** A path that is canonical as it stands, up to its end: most are. */
const PLAIN_PATH = /(?:\/[a-z0-9_~-][a-z0-9._~-]*)+(?=[?#]|$)/y;

/** A backslash, or a segment that starts with a dot. */
const AMBIGUOUS = /\\|\/(?:\.|%2e)/i;

/** Fastify takes all up to the next slash for the host; Node's `url.parse` moves what is no host into the path. */
const ORIGIN = /^[a-z]+:\/\/[^/\\]*/i;
const SCHEME = /^[a-z]+:\/\//i;

/** A URL parser that is given a base, as in `new URL(request.url, "http://host")`, takes what stands here for a host. */
const AUTHORITY = /^[/\\]{2,}[^/\\?#]*/;

/**
 * The canonical paths under which frameworks may route one target: nearly always one, at most five. For
 * `/user/../login` a URL parser (Hono, Workers, Deno, Bun) routes to `/login`, while Express, Koa and Fastify route
 * on the text, and `/user/:id/login` is what they reach.
 *
 * Find the first rule for each of them and apply them all: a rule that fits only one reading can then neither be
 * avoided by choosing another, nor hide the rule of another.
 * @example pathReadings("/User/?x") // ["/user"]
 * @example pathReadings("/user/../login") // ["/login", "/user/../login"]
 */
export function pathReadings(target: string): readonly string[] {
  PLAIN_PATH.lastIndex = 0;
  if (PLAIN_PATH.test(target)) return [target.slice(0, PLAIN_PATH.lastIndex)];
  if (AUTHORITY.test(target))
    return [...new Set([...readingsOf(target), canonicalPath(target.replace(AUTHORITY, "/"))])];
  return readingsOf(target);
}

function readingsOf(target: string): readonly string[] {
  const canonical = canonicalPath(target);
  const plain = target.startsWith("/") || PLAIN_ORIGIN.test(target);
  if (plain && !AMBIGUOUS.test(target)) return [canonical];
  const literals = (plain ? [ORIGIN] : [ORIGIN, SCHEME]).map((origin) => targetPath(target, origin));
  const spellings = literals.flatMap((path) => [path.replaceAll("\\", "/"), path]);
  return [...new Set([canonical, ...spellings.map((path) => foldSegments(decodePercent(path).split("/")))])];
}
