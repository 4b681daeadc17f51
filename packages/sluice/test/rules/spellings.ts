import * as fc from "fast-check";

/** A request target that is sent where the route `/login` is, and which frameworks then run that route. */
export interface Spelling {
  target: string;
  reaches: readonly ("express" | "fastify" | "koa" | "hono")[];
}

const all = ["express", "fastify", "koa", "hono"] as const;

/** Tried on express 4.22.3 and 5.3.0, fastify 5.12.8, koa 3.3.0 with @koa/router 15.7.0, hono 4.13.19 on Node. */
export const loginSpellings: readonly Spelling[] = [
  { target: "/login", reaches: all },
  { target: "/login/", reaches: ["express", "koa"] },
  { target: "/LOGIN", reaches: ["express", "koa"] },
  { target: "/%6cogin", reaches: ["fastify", "hono"] },
  { target: "/log%69n", reaches: ["fastify", "hono"] },
  { target: "/./login", reaches: ["hono"] },
  { target: "/a/../login", reaches: ["hono"] },
  { target: "/%2e/login", reaches: ["hono"] },
  { target: "/a/%2e%2e/login", reaches: ["hono"] },
  { target: "/a/.%2E/login", reaches: ["hono"] },
  { target: "/%/%2e%2e/login", reaches: ["hono"] },
  { target: "http://evil/login", reaches: all },
  { target: "HTTP://evil/login", reaches: ["express", "fastify", "koa"] },
  { target: "ftp://evil/login", reaches: ["express", "koa"] },
  { target: "http://user:word@evil:80/login", reaches: all },
  { target: "http:////evil/login", reaches: ["hono"] },
  { target: "/login#f", reaches: all },
  { target: "/login?x", reaches: all },
  { target: "/login/?x", reaches: ["express", "koa"] },
  { target: "/%6cogin?%ff", reaches: ["fastify", "hono"] },
  // With caseSensitive: false, ignoreTrailingSlash and ignoreDuplicateSlashes, as users of Fastify set them.
  { target: "//login", reaches: ["fastify"] },
  { target: "/login//", reaches: ["fastify"] },
  { target: "*LOGIN", reaches: ["fastify"] },
];

/** Not found by any of them. */
export const strangers: readonly string[] = [
  "/login;x",
  "/login%2f",
  "/login%00",
  "/login%20",
  "/login%23",
  "/%256cogin",
];

const pieces = [
  "/",
  "/",
  "/",
  "//",
  "\\",
  ".",
  "..",
  "%2e",
  "%2E%2e",
  ".%2e",
  "%2f",
  "%5c",
  ";",
  ";v=1",
  ":",
  "@",
  "*",
  "+",
  "~",
  "%6c",
  "ogin",
  "login",
  "LOGIN",
  "a",
  "B",
  "%25",
  "%252e",
  "%",
  "%4",
  "%ff",
  "%c3%a9",
  "%C3%89",
  "é",
  "É",
  "%00",
  "%0a",
  "%20",
  "%e2%80%a8",
  "%E0%A4%A",
  "%c0%ae",
  "%ed%a0%80",
  "%f0%9f%98%80",
  "{",
  "}",
  "|",
  "^",
  "'",
  '"',
  "<",
];

/** What follows the first slash of a target: pieces that routers read in different ways. */
export const trickyPath: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...pieces), { maxLength: 14 })
  .map((parts) => `/${parts.join("")}`);

/** Paths as {@link canonicalPath} gives them, of few words, so that patterns of the same words often fit. */
export const wordPath: fc.Arbitrary<string> = fc
  .array(fc.constantFrom("a", "b", "ab", "é", "%2f"), { maxLength: 7 })
  .map((words) => `/${words.join("/")}`);
