import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");

/** The names that a type of a declaration file has, one a line. */
function membersOf(declarations: string, type: string): string[] {
  const start = new RegExp(`(?:interface|type) ${type}\\b[^{]*\\{`).exec(declarations);
  if (start === null) throw new Error(`no type is called ${type}`);
  const body = declarations.slice(start.index + start[0].length);
  const indent = /\n([ \t]+)\w/.exec(body)![1];
  const end = body.search(/^[ \t]{0,2}\}/m);
  const lines = body.slice(0, end).split("\n");
  return lines.flatMap((line) => new RegExp(`^${indent}(\\w+)\\??[:(]`).exec(line)?.[1] ?? []);
}

/** What stands as code in the first column of the tables of a page. */
function namesIn(page: string): Set<string> {
  const cells = [...page.matchAll(/^\| (.*?) \| /gm)].map(([, cell]) => cell);
  const code = cells.flatMap((cell) => cell.match(/`.*?`/g) ?? []);
  return new Set(code.join(" ").match(/\w+/g));
}

test.each([
  ["from-express-rate-limit", "express-rate-limit/dist/index.d.ts", ["Options"]],
  [
    "from-fastify-rate-limit",
    "@fastify/rate-limit/types/index.d.ts",
    ["CreateRateLimitOptions", "RateLimitOptions", "RateLimitPluginOptions"],
  ],
  [
    "from-rate-limiter-flexible",
    "rate-limiter-flexible/types.d.ts",
    [
      "IRateLimiterOptions",
      "IRateLimiterClusterOptions",
      "IRateLimiterStoreOptions",
      "IRateLimiterStoreNoAutoExpiryOptions",
      "IRateLimiterPostgresOptions",
      "IRateLimiterRedisOptions",
      "IRateLimiterValkeyOptions",
      "IRateLimiterMongoOptions",
      "IRateLimiterDynamoOptions",
      "IRLWrapperTimeoutsOptions",
      "IRLWrapperBlackAndWhiteOptions",
      "IRateLimiterValkeyGlideOptions",
      "IRateLimiterQueueOpts",
    ],
  ],
  [
    "from-other-limiters",
    "hono-rate-limiter/dist/index.d.ts",
    ["KeyGeneratorType", "CommonConfigType", "CloudflareConfigType", "HonoConfigType"],
  ],
  [
    "from-upstash-ratelimit",
    "@upstash/ratelimit/dist/index.d.ts",
    ["RegionRatelimitConfig", "MultiRegionRatelimitConfig", "LimitOptions", "RatelimitResponse"],
  ],
])("%s says what becomes of every option", (page, file, types) => {
  const declarations = read(`node_modules/${file}`);
  const words = namesIn(read(`docs/${page}.md`));
  for (const type of types) {
    const members = membersOf(declarations, type);
    expect(members.length, type).toBeGreaterThan(0);
    expect(
      members.filter((name) => !words.has(name)),
      type,
    ).toEqual([]);
  }
});
