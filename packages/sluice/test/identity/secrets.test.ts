import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { SignJWT } from "jose";
import { apiKey, clientIp, cookie, guard, header, type IdentitySource, login } from "sluice";
import { jwt } from "sluice/jwt";
import { sqliteStore } from "sluice/sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import { request } from "../guard/ask.ts";

const SECRET = "sk_live_51Habc-of-thirty-two-chars";

/** Every byte that a store of one test keeps on disk. */
function folderOfStore(): { path: string; dump: () => string } {
  const folder = mkdtempSync(join(tmpdir(), "sluice-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const dump = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("\n");
  return { path: join(folder, "limits.db"), dump };
}

const token = await new SignJWT({ sub: "ann" })
  .setProtectedHeader({ alg: "HS256" })
  .sign(Buffer.from(SECRET));
const sources: [name: string, source: IdentitySource, headers: Record<string, string>, secrets: string[]][] =
  [
    ["apiKey", apiKey(), { "x-api-key": SECRET }, [SECRET]],
    ["cookie", cookie("sid"), { cookie: `sid=${SECRET}` }, [SECRET]],
    ["header", header("authorization"), { authorization: `Basic ${SECRET}` }, [SECRET]],
    [
      "jwt",
      jwt({ key: SECRET, algorithms: "HS256" }),
      { authorization: `Bearer ${token}` },
      [SECRET, ...token.split(".")],
    ],
    [
      "a forged jwt",
      jwt({ key: "other", algorithms: "HS256" }),
      { authorization: `Bearer ${token}` },
      token.split("."),
    ],
  ];

test.each(sources)(
  "case 28: after 100 requests by %s no secret is in the store, a reply, a log or a warning",
  async (...given) => {
    const [, source, headers, secrets] = given;
    const { path, dump } = folderOfStore();
    const store = sqliteStore(path);
    const logs = (["log", "info", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => undefined),
    );
    const told: unknown[] = [];
    const guarded = guard({
      namespace: "secrets",
      limits: "20/m",
      partitionKey: true,
      identify: [source, clientIp()],
      store,
      onWarning: (warning) => told.push(warning),
    });
    for (let i = 0; i < 100; i++) told.push(await guarded.check(request("GET /", { headers, native: {} })));
    await store.close();
    for (const log of logs) {
      told.push(log.mock.calls);
      log.mockRestore();
    }
    const everything = dump() + JSON.stringify(told);
    expect(everything).toContain('"status":429');
    expect(dump().length).toBeGreaterThan(1_000);
    for (const secret of secrets) expect(everything).not.toContain(secret);
  },
);

test("case 28: after 100 attempts no account is in the store or a reply", async () => {
  const { path, dump } = folderOfStore();
  const store = sqliteStore(path);
  const guarded = guard(
    login({ store, namespace: "secrets", account: () => "ann@shop.test", onEvent: () => undefined }).options,
  );
  const told: unknown[] = [];
  for (let i = 0; i < 100; i++) told.push(await guarded.check(request("POST /login", { native: {} })));
  await store.close();
  expect(dump() + JSON.stringify(told)).toContain("account:");
  expect(dump() + JSON.stringify(told)).not.toContain("ann@");
});

test.each<[string, () => unknown]>([
  ["jwt is given a secret in place of options", () => jwt(SECRET as never)],
  ["cookie is given what cookies are signed with", () => cookie("sid", { secret: SECRET as never })],
])("where %s, the error does not tell it", (_, build) => {
  let fault: unknown;
  try {
    build();
  } catch (error) {
    fault = error;
  }
  expect(fault).toMatchObject({ name: "ConfigurationError", code: "INVALID_OPTION" });
  expect(inspect(fault, { depth: Infinity, showHidden: true })).not.toContain(SECRET);
});
