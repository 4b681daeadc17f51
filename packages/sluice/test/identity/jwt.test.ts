import {
  createHmac,
  createPublicKey,
  createSecretKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
} from "node:crypto";
import { createServer } from "node:http";
import { createRemoteJWKSet, type JWTHeaderParameters, SignJWT } from "jose";
import { apiKey, clientIp } from "sluice";
import { type FindJwtKey, jwt, type JwtAlgorithm, type JwtKeys, type JwtOptions } from "sluice/jwt";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../adapters/exchange.ts";
import { testGuard } from "../guard/ask.ts";
import { fakeRequest, keepWarnings } from "./fakeRequest.ts";

const SECRET = "a secret of thirty-two characters";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const otherRsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const third = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = rsa.publicKey.export({ type: "spki", format: "pem" }) as string;
const ecPem = ec.publicKey.export({ type: "spki", format: "pem" }) as string;
const jwk = (key: KeyObject, kid?: string) => ({
  ...(key.export({ format: "jwk" }) as { kty: string }),
  ...(kid !== undefined && { kid }),
});

const LONG_AGO = 1_000_000_000;
const FAR_AWAY = 33_000_000_000;

/** A token of `claims`, by default for ann, valid for ages and signed by {@link SECRET}. */
function sign(
  claims: Record<string, unknown> = { sub: "ann" },
  key: KeyObject | Uint8Array = Buffer.from(SECRET),
  header: JWTHeaderParameters = { alg: "HS256" },
): Promise<string> {
  return new SignJWT({ exp: FAR_AWAY, ...claims }).setProtectedHeader(header).sign(key);
}

const signRsa = (claims?: Record<string, unknown>, kid?: string) =>
  sign(claims, rsa.privateKey, { alg: "RS256", ...(kid !== undefined && { kid }) });

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

const shared = { key: SECRET, algorithms: "HS256" } as const satisfies JwtOptions;
const published = { key: pem, algorithms: "RS256" } as const satisfies JwtOptions;

async function find(
  options: JwtOptions,
  headers: Record<string, string | readonly string[]>,
): Promise<{ key: string | undefined; group: string | undefined; codes: string[]; messages: string }> {
  const { warn, warnings } = keepWarnings();
  const found = await jwt(options)(fakeRequest(headers), warn);
  const codes = warnings.map(({ code }) => code);
  return { key: found?.key, group: found?.group, codes, messages: JSON.stringify(warnings) };
}

const bearer = async (options: JwtOptions, token: string | Promise<string>) =>
  find(options, { authorization: `Bearer ${await token}` });

describe("a token that is verified", () => {
  test("S3.42: names its subject, behind Bearer in any case", async () => {
    const expected = { key: "jwt:|ann", group: "default", codes: [] };
    expect(await bearer(shared, sign())).toMatchObject(expected);
    expect(await find(shared, { authorization: `bEARER   ${await sign()} ` })).toMatchObject(expected);
  });

  test("S3.41: one algorithm or a list", async () => {
    expect(await bearer({ ...shared, algorithms: ["HS512", "HS256"] }, sign())).toMatchObject({
      key: "jwt:|ann",
    });
    expect(await bearer({ ...shared, algorithms: "HS512" }, sign())).toMatchObject({ key: undefined });
  });

  test("S3.43: other claims for account and group", async () => {
    const options = { ...shared, claim: "user", groupClaim: "https://shop.test/plan" };
    const token = sign({ user: 42, "https://shop.test/plan": "pro" });
    expect(await bearer(options, token)).toMatchObject({ key: "jwt:|42", group: "pro" });
    expect(await bearer(options, sign({ user: "42" }))).toMatchObject({ key: "jwt:|42", group: "default" });
    expect(await bearer(shared, sign({ sub: "ann", group: "admin" }))).toMatchObject({ group: "admin" });
  });

  test.each([
    {},
    { sub: "" },
    { sub: " " },
    { sub: 1.5 },
    { sub: ["ann"] },
    { sub: { id: 1 } },
    { sub: null },
  ])("S3.43: without a claim that names an account, %j, it finds nobody", async (claims) => {
    expect(await bearer(shared, sign(claims))).toMatchObject({ key: undefined });
  });

  test.each([["admin"], 7, { a: 1 }, null, " "].map((group) => ({ group })))(
    "a group claim that is no text, $group, is the default group",
    async ({ group }) => {
      expect(await bearer(shared, sign({ sub: "ann", group }))).toMatchObject({ group: "default" });
    },
  );

  test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
    "case 26: the claim %s is nobody's unless a token states it",
    async (claim) => {
      const options = { ...shared, claim, groupClaim: claim };
      expect(await bearer(options, sign())).toMatchObject({ key: undefined });
      const stated = JSON.parse(`{"exp":${FAR_AWAY},"${claim}":"ann"}`) as object;
      const text = `${base64url({ alg: "HS256" })}.${base64url(stated)}`;
      const token = `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`;
      expect(await bearer(options, token)).toMatchObject({ key: "jwt:|ann", group: "ann" });
    },
  );

  test("case 26: a claim is the token's own, whatever objects inherit", async () => {
    const everything = Object.getPrototypeOf({}) as object;
    for (const name of ["plan", "owner"]) {
      Reflect.defineProperty(everything, name, { value: "admin", configurable: true, writable: true });
      onTestFinished(() => void Reflect.deleteProperty(everything, name));
    }
    expect(await bearer({ ...shared, groupClaim: "plan" }, sign())).toMatchObject({ group: "default" });
    expect(await bearer({ ...shared, claim: "owner" }, sign())).toMatchObject({ key: undefined });
  });

  test("case 55: one subject of two issuers is two, however they are spelt", async () => {
    const keys = new Set<string | undefined>();
    for (const [iss, sub] of [
      ["a", "b"],
      ["c", "b"],
      ["a|b", "c"],
      ["a", "b|c"],
      ["a\\", "|b"],
      ["a\\|", "b"],
    ]) {
      keys.add((await bearer(shared, sign({ iss, sub }))).key);
    }
    expect(keys).toHaveLength(6);
    expect(keys).toContain("jwt:a|b");
  });

  test("issuer and audience are checked", async () => {
    const options = { ...shared, issuer: ["https://a", "https://b"], audience: "shop" };
    expect(await bearer(options, sign({ sub: "x", iss: "https://b", aud: ["shop", "desk"] }))).toMatchObject({
      key: "jwt:https://b|x",
    });
    for (const claims of [
      { sub: "x" },
      { sub: "x", iss: "https://b" },
      { sub: "x", aud: "shop" },
      { sub: "x", iss: "https://c", aud: "shop" },
      { sub: "x", iss: "https://b", aud: "desk" },
    ]) {
      expect(await bearer(options, sign(claims))).toMatchObject({ key: undefined, codes: ["JWT_REFUSED"] });
    }
  });

  test("clockTolerance lets the clocks differ", async () => {
    const now = Math.floor(Date.now() / 1000);
    const early = sign({ sub: "ann", nbf: now + 3_000 });
    expect(await bearer({ ...shared, clockTolerance: "2h" }, early)).toMatchObject({ key: "jwt:|ann" });
    expect(await bearer({ ...shared, clockTolerance: "5m" }, early)).toMatchObject({ key: undefined });
  });

  test("stands in another header, with or without Bearer, or in a cookie", async () => {
    const token = await sign();
    const header = { ...shared, header: "Cf-Access-Jwt-Assertion" };
    const cookie = { ...shared, cookie: "jwt" };
    expect(await find(header, { "cf-access-jwt-assertion": token })).toMatchObject({ key: "jwt:|ann" });
    expect(await find(header, { "cf-access-jwt-assertion": `Bearer ${token}` })).toMatchObject({
      key: "jwt:|ann",
    });
    expect(await find(cookie, { cookie: `a=b; jwt=${token}` })).toMatchObject({ key: "jwt:|ann" });
    for (const options of [header, cookie]) {
      expect(await find(options, { authorization: `Bearer ${token}` })).toMatchObject({ key: undefined });
    }
    expect(await find(shared, { authorization: token })).toMatchObject({ key: undefined });
  });
});

describe("keys", () => {
  const ecToken = sign({ sub: "ann" }, ec.privateKey, { alg: "ES256" });
  const secrets: JwtKeys[] = [
    SECRET,
    Buffer.from(SECRET),
    createSecretKey(SECRET, "utf8"),
    jwk(createSecretKey(SECRET, "utf8")),
    () => SECRET,
    async () => Buffer.from(SECRET),
  ];
  const publics: JwtKeys[] = [
    pem,
    `\n${pem}`,
    Buffer.from(pem),
    rsa.publicKey,
    createPublicKey(pem),
    jwk(rsa.publicKey),
    Object.freeze(jwk(rsa.publicKey)),
    { keys: [jwk(ec.publicKey), jwk(rsa.publicKey)] },
    () => pem,
    async () => rsa.publicKey,
  ];

  test.each(secrets.map((key, i) => ({ i, key })))("a secret in form $i", async ({ key }) => {
    expect(await bearer({ ...shared, key }, sign())).toMatchObject({
      key: "jwt:|ann",
      codes: [],
    });
  });

  test.each(publics.map((key, i) => ({ i, key })))("a public key in form $i", async ({ key }) => {
    const options = { ...published, key };
    expect(await bearer(options, signRsa())).toMatchObject({ key: "jwt:|ann", codes: [] });
    const forged = sign({ sub: "ann" }, otherRsa.privateKey, { alg: "RS256" });
    expect(await bearer(options, forged)).toMatchObject({ key: undefined, codes: ["JWT_REFUSED"] });
  });

  test("a key that is given stays as it was", async () => {
    const key = jwk(rsa.publicKey);
    await bearer({ ...published, key }, signRsa());
    expect(Object.isFrozen(key)).toBe(false);
  });

  test("of a set the key of the token's kid, or each that fits", async () => {
    const set = { keys: [jwk(otherRsa.publicKey, "old"), jwk(rsa.publicKey, "new")] };
    const options = { ...published, key: set };
    expect(await bearer(options, signRsa({ sub: "ann" }, "new"))).toMatchObject({ key: "jwt:|ann" });
    expect(await bearer(options, signRsa())).toMatchObject({ key: "jwt:|ann" });
    expect(await bearer(options, signRsa({ sub: "ann" }, "old"))).toMatchObject({ key: undefined });
    expect(await bearer(options, sign({ sub: "ann" }, third.privateKey, { alg: "RS256" }))).toMatchObject({
      key: undefined,
    });
  });

  test("of several keys that fit, the one that signed tells that a token has expired", async () => {
    const key = {
      keys: [jwk(otherRsa.publicKey, "old"), jwk(rsa.publicKey, "new"), jwk(third.publicKey, "next")],
    };
    const expired = signRsa({ sub: "ann", exp: LONG_AGO });
    expect(await bearer({ ...published, key }, expired)).toMatchObject({ key: undefined, codes: [] });
  });

  test("an allowed algorithm that the key is not for finds nobody", async () => {
    for (const key of [pem, rsa.publicKey, jwk(rsa.publicKey)]) {
      const options = { key, algorithms: ["RS256", "ES256"] } as const;
      expect(await bearer(options, ecToken)).toMatchObject({ key: undefined, codes: ["JWT_REFUSED"] });
      expect(await bearer(options, signRsa())).toMatchObject({ key: "jwt:|ann" });
    }
  });

  const signers: [algorithm: JwtAlgorithm, pair: { publicKey: KeyObject; privateKey: KeyObject }][] = [
    ["RS512", rsa],
    ["PS256", rsa],
    ["ES256", ec],
    ["ES384", generateKeyPairSync("ec", { namedCurve: "P-384" })],
    ["ES512", generateKeyPairSync("ec", { namedCurve: "P-521" })],
    ["EdDSA", generateKeyPairSync("ed25519")],
    ["Ed25519", generateKeyPairSync("ed25519")],
  ];
  test.each(signers)("%s verifies by PEM, KeyObject, JWK and set", async (alg, { publicKey, privateKey }) => {
    const spki = publicKey.export({ type: "spki", format: "pem" });
    for (const key of [spki, publicKey, jwk(publicKey), { keys: [jwk(publicKey)] }] as JwtKeys[]) {
      const options = { key, algorithms: alg };
      expect(await bearer(options, sign({ sub: "ann" }, privateKey, { alg }))).toMatchObject({
        key: "jwt:|ann",
      });
    }
    const foreign = { key: alg.startsWith("E") ? pem : ecPem, algorithms: alg };
    expect(await bearer(foreign, sign({ sub: "ann" }, privateKey, { alg }))).toMatchObject({
      key: undefined,
      codes: ["JWT_REFUSED"],
    });
  });

  const misfits: [key: unknown, algorithms: unknown][] = [
    [pem, "HS256"],
    [Buffer.from(pem), "HS256"],
    [rsa.publicKey, "HS256"],
    [jwk(rsa.publicKey), "HS256"],
    [{ keys: [jwk(rsa.publicKey)] }, "HS256"],
    [new URL("https://issuer.test/jwks"), "HS256"],
    ["", "HS256"],
    ["  ", "HS256"],
    [new Uint8Array(), "HS256"],
    [undefined, "HS256"],
    [null, "HS256"],
    [7, "HS256"],
    [{}, "HS256"],
    [SECRET, "RS256"],
    [Buffer.from(SECRET), "RS256"],
    [createSecretKey(SECRET, "utf8"), "RS256"],
    [jwk(createSecretKey(SECRET, "utf8")), "RS256"],
    [rsa.privateKey, "RS256"],
    [jwk(rsa.privateKey), "RS256"],
    [rsa.privateKey.export({ type: "pkcs8", format: "pem" }), "RS256"],
    [rsa.publicKey.export({ type: "pkcs1", format: "pem" }), "RS256"],
    [{ keys: [jwk(createSecretKey(SECRET, "utf8"))] }, "RS256"],
    [{ keys: [jwk(rsa.privateKey)] }, "RS256"],
    ["https://issuer.test/jwks", "RS256"],
    [new URL("http://issuer.test/jwks"), "RS256"],
    [new URL("file:///etc/passwd"), "RS256"],
  ];
  test.each(misfits.map(([key, algorithms], i) => ({ i, key, algorithms })))(
    "case 54: key $i does not fit $algorithms, which is refused at construction and not shown",
    ({ key, algorithms }) => {
      const build = () => jwt({ key, algorithms } as JwtOptions);
      expect(build).toThrow(expect.objectContaining({ code: "INVALID_OPTION", path: "key" }));
      expect(build).not.toThrow(SECRET);
    },
  );

  const none = [
    undefined,
    "none",
    "NONE",
    [],
    [undefined],
    ["none"],
    ["HS256", "none"],
    "HS265",
    ["RS256", "HS256"],
    {},
  ];
  test.each(none.map((algorithms) => ({ algorithms })))(
    "case 54: %j is refused at construction",
    ({ algorithms }) => {
      const error = expect.objectContaining({ code: "INVALID_OPTION", path: "algorithms" });
      for (const key of [SECRET, pem]) {
        expect(() => jwt({ key, algorithms } as unknown as JwtOptions)).toThrow(error);
      }
    },
  );

  test.each([
    [{ header: "x y" }, "INVALID_OPTION"],
    [{ cookie: "a;b" }, "INVALID_OPTION"],
    [{ cookie: "a", header: "b" }, "INVALID_OPTION"],
    [{ claim: "" }, "INVALID_OPTION"],
    [{ groupClaim: 5 }, "INVALID_OPTION"],
    [{ issuer: "" }, "INVALID_OPTION"],
    [{ issuer: [] }, "INVALID_OPTION"],
    [{ audience: [5] }, "INVALID_OPTION"],
    [{ clockTolerance: "soon" }, "INVALID_DURATION"],
    [{ algorithm: "HS256" }, "UNKNOWN_OPTION"],
  ])("%j is refused at construction", (more, code) => {
    expect(() => jwt({ ...shared, ...more } as JwtOptions)).toThrow(expect.objectContaining({ code }));
  });

  test("case 54: a function cannot answer a key of the wrong kind", async () => {
    for (const [key, algorithms] of [
      [pem, "HS256"],
      [rsa.publicKey, "HS256"],
      [SECRET, "RS256"],
    ] as const) {
      const token = algorithms === "HS256" ? sign() : signRsa();
      await expect(bearer({ key: () => key, algorithms }, token)).rejects.toThrow(
        expect.objectContaining({ code: "KEYS_UNAVAILABLE" }),
      );
    }
  });

  test.each([7, ["a"], { toString: "a" }, null, true].map((kid) => ({ kid })))(
    "case 54: a kid $kid, which is no text, reaches no function",
    async ({ kid }) => {
      const asked: unknown[] = [];
      const key: FindJwtKey = (header) => {
        asked.push(header.kid);
        return rsa.publicKey;
      };
      const [, body] = (await signRsa()).split(".");
      const text = `${base64url({ alg: "RS256", kid })}.${body}`;
      const token = `${text}.${createSign("sha256").update(text).sign(rsa.privateKey, "base64url")}`;
      expect(await bearer({ ...published, key }, token)).toMatchObject({
        key: undefined,
        codes: ["JWT_REFUSED"],
      });
      expect(asked).toEqual([]);
    },
  );

  test("a function that knows no such key finds nobody", async () => {
    const key: FindJwtKey = ({ kid }) => (kid === "a" ? rsa.publicKey : undefined);
    expect(await bearer({ ...published, key }, signRsa({ sub: "ann" }, "a"))).toMatchObject({
      key: "jwt:|ann",
    });
    expect(await bearer({ ...published, key }, signRsa({ sub: "ann" }, "b"))).toMatchObject({
      key: undefined,
    });
  });
});

describe("keys of a server", () => {
  const settings = { answer: (): unknown => ({ keys: [jwk(rsa.publicKey, "a")] }), status: 200 };
  async function keyServer(given: Partial<typeof settings> = {}) {
    const { answer, status } = { ...settings, ...given };
    const asked: (string | undefined)[] = [];
    const { port } = await listen(
      createServer((request, response) => {
        asked.push(request.url);
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(answer()));
      }),
    );
    return { url: new URL(`http://127.0.0.1:${port}/jwks`), asked };
  }
  const unavailable = expect.objectContaining({
    name: "IdentityError",
    code: "KEYS_UNAVAILABLE",
    status: 500,
  });

  test("are fetched with the first token and kept", async () => {
    const { url, asked } = await keyServer();
    const source = jwt({ key: url, algorithms: "RS256" });
    expect(asked).toEqual([]);
    for (let i = 0; i < 5; i++) {
      const request = fakeRequest({ authorization: `Bearer ${await signRsa({ sub: "ann" }, "a")}` });
      expect(await source(request, () => undefined)).toMatchObject({ key: "jwt:|ann" });
    }
    expect(asked).toEqual(["/jwks"]);
  });

  test("case 54: a kid is looked up and nothing else", async () => {
    const { url, asked } = await keyServer();
    const token = signRsa({ sub: "ann" }, "../../etc/passwd");
    expect(await bearer({ key: url, algorithms: "RS256" }, token)).toMatchObject({
      key: undefined,
      codes: ["JWT_REFUSED"],
    });
    expect(asked).toEqual(["/jwks"]);
  });

  test("case 54: what cannot be a token of ours asks nobody", async () => {
    const { url, asked } = await keyServer();
    const options = { key: url, algorithms: "RS256" } as const;
    const none = `${base64url({ alg: "none" })}.${base64url({ sub: "ann" })}.`;
    for (const token of [none, await sign(), "a.b.c", "opaque"]) {
      expect(await bearer(options, token)).toMatchObject({ key: undefined });
    }
    expect(asked).toEqual([]);
  });

  test.each<Partial<typeof settings>>([
    { status: 500 },
    { status: 302 },
    { answer: () => "no set" },
    { answer: () => ({ keys: "none" }) },
  ])("that cannot be had, %o, are an error", async (given) => {
    const { url } = await keyServer(given);
    await expect(bearer({ key: url, algorithms: "RS256" }, signRsa())).rejects.toThrow(unavailable);
  });

  test("a server that is gone is an error, which onIdentityError may answer", async () => {
    const { url } = await keyServer();
    const gone = new URL(url);
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    gone.port = String((closed.address() as { port: number }).port);
    await new Promise((resolve) => closed.close(resolve));
    const options = {
      limits: "2/m",
      identify: [jwt({ key: gone, algorithms: "RS256" }), clientIp()],
    } as const;
    const asker = { headers: { authorization: `Bearer ${await signRsa()}` } };
    await expect(testGuard(options).ask("GET /", asker)).rejects.toThrow(unavailable);
    const onIdentityError = (error: unknown) => ({ key: (error as { code: string }).code, group: "default" });
    expect(await testGuard({ ...options, onIdentityError }).admits("GET /", asker)).toBe(2);
  });

  test("a server that never answers is an error after 2 s", async () => {
    const { port } = await listen(createServer(() => undefined));
    const key = new URL(`http://127.0.0.1:${port}/jwks`);
    const hanging = bearer({ key, algorithms: "RS256" }, signRsa());
    await expect(hanging).rejects.toMatchObject({
      code: "KEYS_UNAVAILABLE",
      cause: { code: "ERR_JWKS_TIMEOUT" },
    });
  });

  test("a function that throws is an error, with its cause", async () => {
    const cause = new Error("vault is sealed");
    const key = () => Promise.reject(cause);
    const failing = bearer({ key, algorithms: "RS256" }, signRsa());
    await expect(failing).rejects.toMatchObject({ code: "KEYS_UNAVAILABLE", cause });
  });

  test("jose's own functions are keys too", async () => {
    const { url } = await keyServer();
    const options = { key: createRemoteJWKSet(url), algorithms: "RS256" } as const;
    expect(await bearer(options, signRsa({ sub: "ann" }, "a"))).toMatchObject({ key: "jwt:|ann" });
    expect(await bearer(options, signRsa({ sub: "ann" }, "b"))).toMatchObject({ key: undefined });
  });
});

describe("a token that is not believed", () => {
  const claims = { sub: "victim" };
  const attacks: Record<string, (good: string) => string | Promise<string>> = {
    "alg none": () => `${base64url({ alg: "none", typ: "JWT" })}.${base64url(claims)}.`,
    "alg None with a signature": (good) =>
      `${base64url({ alg: "None" })}.${base64url(claims)}.${good.split(".")[2]}`,
    "HS256 signed with the RSA public key": () => sign(claims, Buffer.from(pem)),
    "HS256 signed with the trimmed RSA public key": () => sign(claims, Buffer.from(pem.trim())),
    "a kid that is a path": () =>
      sign(claims, otherRsa.privateKey, { alg: "RS256", kid: "../../etc/passwd" }),
    "a key of its own in the header": () =>
      sign(claims, otherRsa.privateKey, {
        alg: "RS256",
        jwk: jwk(otherRsa.publicKey),
      }),
    "a URL of its own in the header": () =>
      sign(claims, otherRsa.privateKey, { alg: "RS256", jku: "http://127.0.0.1:9/jwks" }),
    expired: () => signRsa({ ...claims, exp: LONG_AGO }),
    "not valid yet": () => signRsa({ ...claims, nbf: FAR_AWAY }),
    "another account in a good token": (good) => {
      const [head, , signature] = good.split(".");
      return `${head}.${base64url({ ...claims, exp: FAR_AWAY })}.${signature}`;
    },
    "no signature": (good) => `${good.split(".").slice(0, 2).join(".")}.`,
    "an unknown critical extension": () =>
      sign(claims, rsa.privateKey, { alg: "RS256", crit: ["b64"], b64: true }).then((token) => {
        const [, body, signature] = token.split(".");
        return `${base64url({ alg: "RS256", crit: ["x"], x: 1 })}.${body}.${signature}`;
      }),
    "two parts": () => "a.b",
    "five parts": () => "a.b.c.d.e",
    "no token": () => "opaque",
    "too long": async (good) => `${good}${"A".repeat(9_000)}`,
  };

  test.each(Object.entries(attacks))(
    "case 54: %s is the anonymous address, and the victim's bucket is unchanged",
    async (_, attack) => {
      const good = await signRsa(claims);
      const guarded = testGuard({
        limits: "5/m",
        identify: [jwt(published), clientIp()],
        onWarning: () => undefined,
      });
      const victim = { headers: { authorization: `Bearer ${good}` }, address: "203.0.113.1" };
      expect(await guarded.remaining("GET /", victim)).toBe(4);
      const forged = { headers: { authorization: `Bearer ${await attack(good)}` }, address: "203.0.113.2" };
      const { identity } = await guarded.ask("GET /", forged);
      expect(identity).toEqual({ key: "ip:203.0.113.2", group: "default" });
      expect(await guarded.remaining("GET /", victim)).toBe(3);
    },
  );

  test("the attacks differ from a good token in nothing else", async () => {
    expect(await bearer(published, signRsa(claims))).toMatchObject({ key: "jwt:|victim", codes: [] });
  });

  test("case 28: is warned of without a word of it, and expiry is not", async () => {
    const forged = await sign({ sub: "ann" }, otherRsa.privateKey, { alg: "RS256" });
    const { codes, messages } = await bearer(published, forged);
    expect(codes).toEqual(["JWT_REFUSED"]);
    expect(messages).toContain("ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    for (const part of forged.split(".")) expect(messages).not.toContain(part);
    expect(await bearer(published, signRsa({ sub: "ann", exp: LONG_AGO }))).toMatchObject({ codes: [] });
  });

  test("that is longer than 8,192 characters is not looked into", async () => {
    const long = await sign({ sub: "ann", pad: "x".repeat(8_000) });
    expect(long.length).toBeGreaterThan(8_192);
    expect(await bearer(shared, long)).toMatchObject({ key: undefined, codes: ["JWT_TOO_LONG"] });
    const short = await sign({ sub: "ann", pad: "x".repeat(5_000) });
    expect(await bearer(shared, short)).toMatchObject({ key: "jwt:|ann", codes: [] });
  });

  test.each(["", "Bearer", "Bearer ", "Basic YTpi", "Digest a=b, c=d", "Bearerx.y.z", "DPoP a.b.c"])(
    "the header %j holds no token",
    async (authorization) => {
      expect(await find(shared, { authorization })).toMatchObject({ key: undefined, codes: [] });
      expect(await find(shared, {})).toMatchObject({ key: undefined, codes: [] });
    },
  );

  test("case 29: several tokens are refused, in lines or joined, and not shown", async () => {
    const [one, two] = [await sign(), await sign({ sub: "bob" })];
    const invalid = expect.objectContaining({ code: "INVALID_IDENTITY", status: 400 });
    for (const authorization of [
      [`Bearer ${one}`, `Bearer ${two}`],
      [`Bearer ${one}`, "Basic YTpi"],
      `Bearer ${one}, Bearer ${two}`,
      `Bearer ${one},${two}`,
    ]) {
      await expect(find(shared, { authorization })).rejects.toThrow(invalid);
      await expect(find(shared, { authorization })).rejects.not.toThrow(one);
    }
    await expect(find({ ...shared, cookie: "t" }, { cookie: `t=${one}; t=${two}` })).rejects.toThrow(invalid);
  });

  test("the next source is asked", async () => {
    const guarded = testGuard({ limits: "5/m", identify: [jwt(shared), apiKey(), clientIp()] });
    const headers = { authorization: `Bearer ${await sign({ sub: "a", exp: LONG_AGO })}`, "x-api-key": "k" };
    expect((await guarded.ask("GET /", { headers })).identity?.key).toMatch(/^apikey:/);
  });
});
