/** `http://host:80`, ended where a URL parser ends it; or the star of `OPTIONS *`, which Fastify takes for a slash. */
const ORIGIN = /^(?:\*|[a-z][a-z0-9+.-]*:[/\\]{2,}[^/\\]*)/i;

/** The path of a request target in the spelling it came in: without scheme, host, query and fragment. */
export function targetPath(target: string, origin: RegExp = ORIGIN): string {
  const end = target.search(/[?#]/);
  const uncut = end === -1 ? target : target.slice(0, end);
  return uncut.startsWith("/") ? uncut : uncut.replace(origin, "");
}
