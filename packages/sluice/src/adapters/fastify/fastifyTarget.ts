/** What Fastify tells of a request's way to its route, by shape. */
export interface FastifyRoute {
  /** The target as received, whatever `rewriteUrl` made of it. */
  readonly originalUrl: string;
  readonly params?: unknown;
  readonly routeOptions?: { readonly url?: string | undefined };
  readonly server?: { readonly initialConfig?: object };
}

interface RouterOptions {
  readonly useSemicolonDelimiter?: boolean;
  readonly ignoreDuplicateSlashes?: boolean;
  readonly ignoreTrailingSlash?: boolean;
}

/** Stands where nothing was sent for a parameter: no route expects it. */
const NOTHING = "%00";

/**
 * The target as Fastify routes it. A semicolon begins the query where `useSemicolonDelimiter` says so. And nothing at all may
 * be a parameter: `/user/` reaches `/user/:id`, where a rule wants a segment. To `/user/:id?` it is `/user`.
 */
export function fastifyTarget(route: FastifyRoute): string {
  const { originalUrl, params } = route;
  const isCut = originalUrl.includes(";") && optionsOf(route).useSemicolonDelimiter === true;
  const target = isCut ? withQuery(originalUrl) : originalUrl;
  return lacksParameter(params) ? withSegments(target, route) : target;
}

function withQuery(target: string): string {
  const [origin, path, rest] = partsOf(target);
  return `${origin}${path.replace(";", "?")}${rest}`;
}

function lacksParameter(params: unknown): boolean {
  const values = params as Record<string, unknown> | undefined;
  for (const name in values) if (values[name] === "" && name !== "*") return true;
  return false;
}

function withSegments(target: string, route: FastifyRoute): string {
  const { ignoreDuplicateSlashes, ignoreTrailingSlash } = optionsOf(route);
  const mayEnd = ignoreTrailingSlash === true || route.routeOptions?.url?.endsWith("?") === true;
  const [origin, path, rest] = partsOf(target);
  const single = ignoreDuplicateSlashes === true ? path.replaceAll(/\/+/g, "/") : path;
  const ended = mayEnd ? single.replace(/\/$/, "") : single;
  return `${origin}${ended.replaceAll(/\/(?=\/|$)/g, `/${NOTHING}`)}${rest}`;
}

/** Scheme and host, the path, and all that comes behind it. */
function partsOf(target: string): readonly [origin: string, path: string, rest: string] {
  const [, origin = "", path, rest] = /^([a-z]+:\/\/[^/]*)?([^?#]*)(.*)$/is.exec(target)!;
  return [origin, path, rest];
}

/** Fastify takes them in two places. */
function optionsOf({ server }: FastifyRoute): RouterOptions {
  const config: (RouterOptions & { readonly routerOptions?: RouterOptions }) | undefined =
    server?.initialConfig;
  return { ...config, ...config?.routerOptions };
}
