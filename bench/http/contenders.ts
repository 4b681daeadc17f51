import type { Servers } from "./servers/Servers.ts";

/** What is measured of each framework: with nothing before its handler, and with these. */
export const FRAMEWORKS = {
  "node:http": { file: "node", usual: undefined },
  Express: { file: "express", usual: "express-rate-limit" },
  Fastify: { file: "fastify", usual: "@fastify/rate-limit" },
  Koa: { file: "koa", usual: "koa-ratelimit" },
  Hono: { file: "hono", usual: "hono-rate-limiter" },
} as const;

export type Framework = keyof typeof FRAMEWORKS;

export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS) as Framework[];
export const BY_HAND = "rate-limiter-flexible by hand";

export function limitersOf(framework: Framework): readonly string[] {
  const { usual } = FRAMEWORKS[framework];
  return ["bare", ...(usual === undefined ? [] : [usual]), BY_HAND, "sluice"];
}

/** How a contender is called in the table. */
export function contender(framework: Framework, limiter: string): string {
  return `${framework}, ${limiter}`;
}

/** Only what is measured is loaded. */
export async function loadServers(framework: string): Promise<Servers> {
  const { file } = FRAMEWORKS[framework as Framework];
  const { servers } = (await import(`./servers/${file}.ts`)) as { servers: Servers };
  return servers;
}
