import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { limited, RateLimitExceededError, rateLimited, rateLimiter } from "sluice";
import { beforeAll, expect, test } from "vitest";
import type * as Decorated from "./decorated/Mailer.ts";
import { left } from "./left.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const folder = join(root, "node_modules/.cache/sluice-decorated");
let mailerOf: typeof Decorated.mailerOf;

/** Compiles the class against the sources, so that no build is needed, and takes the library from this process. */
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compilerOptions = { noEmit: false, outDir: folder, rootDir: root, declaration: false, noCheck: true };
  const files = [fileURLToPath(new URL("decorated/Mailer.ts", import.meta.url))];
  const settings = { extends: join(root, "tsconfig.json"), compilerOptions, include: [], files };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(stdout);
  const compiled = join(folder, "packages/sluice/test/functions/decorated/Mailer.js");
  ({ mailerOf } = (await import(pathToFileURL(compiled).href)) as typeof Decorated);
}, 60_000);

test("a decorated method counts by the arguments and this, keeps name and length, and has its limiter", async () => {
  const limiter = rateLimiter({ limits: "10/m" });
  const Mailer = mailerOf(limiter);
  const [acme, other] = [new Mailer("acme"), new Mailer("other")];
  expect(await acme.send("ann", "hello!")).toBe("acme to ann: hello!");
  await expect(acme.send("ann", "again")).rejects.toThrow(RateLimitExceededError);
  expect(await acme.send("bob", "again")).toBe("acme to bob: again");
  expect(await other.send("ann", "again")).toBe("other to ann: again");
  expect(Mailer.sent).toEqual(["hello!", "again", "again"]);
  expect(await left(limiter, "acme ann")).toBe(4);
  expect([acme.send.name, acme.send.length]).toEqual(["send", 2]);
  expect((acme.send as unknown as { limiter: unknown }).limiter).toBe(limiter);
});

test("a decorated method may be static, and private; without a key it counts by its name", async () => {
  const limiter = rateLimiter({ limits: "1/m" });
  const Mailer = mailerOf(limiter);
  expect(await Mailer.flush()).toBe(0);
  await expect(Mailer.flush()).rejects.toMatchObject({ key: "flush" });
  const mailer = new Mailer("acme");
  expect([await mailer.tell(), await mailer.tell()]).toEqual(["acme", undefined]);
});

test("what is not a method, and what an older compiler hands over, is refused when the class is defined", () => {
  const decorate = rateLimited({ limits: "1/m", key: "a" }) as (...args: unknown[]) => unknown;
  const fn = async (): Promise<void> => undefined;
  expect(() => decorate(fn, { kind: "getter", name: "a" })).toThrow("for methods, not for a getter");
  expect(() => decorate({}, "send", { value: fn })).toThrow("without experimentalDecorators");
  expect(() => decorate(fn, { kind: "method", name: "a" })).not.toThrow();
});

test("the decorator is limited() over the method", async () => {
  const limiter = rateLimiter({ limits: "2/m" });
  const fn = async (): Promise<number> => 1;
  const decorated = rateLimited({ limiter, key: "a" })(fn, { kind: "method", name: "fn" });
  await decorated();
  await limited(fn, { limiter, key: "a" })();
  await expect(decorated()).rejects.toThrow(RateLimitExceededError);
});
