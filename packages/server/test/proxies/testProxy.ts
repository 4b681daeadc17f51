import { once } from "node:events";
import { Agent } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type Application, startApplication } from "./application.ts";
import type { ProxyKind } from "./ProxyKind.ts";
import { type Answer, send, type Sending } from "./send.ts";
import { ELSEWHERE, startSluice } from "./startSluice.ts";

const RULES = `
rules:
  - { path: /login, method: POST, limits: 2/h }
  - { path: /report, method: GET, limits: 2/h }
  - { path: /voilà, limits: 1/h }
  - { path: /open }
  - { limits: 50/h }
`;
const PROBLEM = "https://iana.org/assignments/http-problem-types#quota-exceeded";
/** Nobody listens here. */
const NOBODY = `${ELSEWHERE}:1`;
const LOGIN = { method: "POST", target: "/login", body: "a=1" };

/** Real requests through a real proxy, `sluice serve` and an application. Each client has an address of 127.0.0.0/8. */
export async function testProxy(kind: ProxyKind): Promise<void> {
  const application = await startApplication();
  const sluice = await startSluice(RULES);
  const { url, note, stop } = await kind.start(sluice.address, application.address);
  afterAll(() => Promise.all([stop(), sluice.stop(), application.close()]));
  const isLinux = process.platform === "linux";
  const missing = url === "" ? note : isLinux ? "" : "only on Linux is all of 127.0.0.0/8 this machine";
  const skipped = missing && ` (skipped: ${missing})`;

  describe.skipIf(missing !== "")(`behind a real ${kind.name}${skipped}`, { timeout: 60_000 }, () => {
    testLimits(url, application);
    testTargets(url, application);
    testTwoHops(kind, sluice.address, application);
    testFailures(kind, application);
  });
}

function testLimits(url: string, { seen }: Application): void {
  test("a rule limits path, method and client address; clients are told, and what is refused does not reach the application", async () => {
    const from = "127.0.1.1";
    const passed = [await send(url, { ...LOGIN, from }), await send(url, { ...LOGIN, from })];
    expect(passed.map(({ status, body }) => [status, body])).toEqual([
      [200, "POST /login 3"],
      [200, "POST /login 3"],
    ]);
    expect(passed[0].headers["ratelimit-policy"]).toBe('"default";q=2;w=3600');
    expect(passed[0].headers["ratelimit"]).toMatch(/^"default";r=1;t=\d+$/);
    expect(passed[0].headers["x-sluice-problem"]).toBeUndefined();
    seen.length = 0;
    expectRefusal(await send(url, { ...LOGIN, from }));
    expect(seen).toEqual([]);
    const others = [
      { ...LOGIN, method: "PUT", from },
      { ...LOGIN, target: "/logout", from },
      { ...LOGIN, from: "127.0.1.2" },
    ];
    expect(await statuses(url, others)).toEqual([200, 200, 200]);
  });

  test("what no rule limits has no fields", async () => {
    const { status, headers } = await send(url, { target: "/open", from: "127.0.1.3" });
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => /ratelimit|sluice|retry/.test(name))).toEqual([]);
  });

  test.each([
    ["as it is", "127.0.1.4", "keep-alive"],
    ["named in Connection", "127.0.1.7", `keep-alive, ${Object.keys(lies(0)).join(", ")}`],
  ])(
    "no header of a client, %s, chooses its address, path or method, or refuses it",
    async (_how, from, connection) => {
      const lying = [1, 2, 3].map((i) => ({ ...LOGIN, from, headers: { ...lies(i), connection } }));
      expect(await statuses(url, [...lying, { ...LOGIN, from }])).toEqual([200, 200, 429, 429]);
    },
  );

  test("HEAD counts as GET, and its refusal has no body", async () => {
    const from = "127.0.1.5";
    const head = { method: "HEAD", target: "/report", from };
    expect(await statuses(url, [{ ...head, method: "GET" }, head])).toEqual([200, 200]);
    const { status, headers, body } = await send(url, head);
    expect([status, body]).toEqual([429, ""]);
    expect(headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  });

  test("a connection is kept over allowed and refused requests", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    const one = { ...LOGIN, from: "127.0.1.6", agent };
    const answers = await inTurn(url, [one, one, one, one, one]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429, 429]);
    expect(new Set(answers.map(({ port }) => port)).size).toBe(1);
  });
}

function testTargets(url: string, { seen }: Application): void {
  test("bodies reach the application, with their length and in chunks", async () => {
    const body = Buffer.alloc(200_000, "a");
    const from = "127.0.2.1";
    const chunked = { headers: { "transfer-encoding": "chunked" } };
    const sendings = [{ body }, { body, ...chunked }, { body: "abc", ...chunked }, {}];
    const answers = await inTurn(
      url,
      sendings.map((sending) => ({ ...sending, method: "POST", target: "/upload", from })),
    );
    expect(answers.map(({ body: line }) => line)).toEqual(
      [200_000, 200_000, 3, 0].map((length) => `POST /upload ${length}`),
    );
  });

  test("targets reach the application as they were sent, and are counted", async () => {
    const targets = [
      "/a%2fb",
      "//a//b",
      "/a/./b/../c",
      "/a?b=%2f&c=//",
      "/%E0%A4",
      "/a;b=c",
      `/${"a".repeat(6000)}`,
    ];
    seen.length = 0;
    const answers = await inTurn(
      url,
      targets.map((target) => ({ target, from: "127.0.2.2" })),
    );
    expect(seen).toEqual(targets.map((target) => `GET ${target} 0`));
    const told = answers.map(({ headers }) => /r=\d+/.exec(String(headers["ratelimit"]))?.[0]);
    expect(told).toEqual(targets.map((_target, i) => `r=${49 - i}`));
  });

  test("another spelling is the same path", async () => {
    const from = "127.0.2.3";
    const targets = [
      "/login",
      "/LOGIN/",
      "//login",
      "/%6cogin",
      "/x/../login",
      "/login?next=/",
      "http://a/login",
    ];
    const spelled = targets.map((target) => ({ ...LOGIN, target, from }));
    expect(await statuses(url, spelled)).toEqual([200, 200, 429, 429, 429, 429, 429]);
  });

  test("raw bytes are the same path as percent codes", async () => {
    const sendings = ["/voil%C3%A0", "/voil\xc3\xa0"].map((target) => ({ target, from: "127.0.2.4" }));
    expect(await statuses(url, sendings)).toEqual([200, 429]);
  });
}

function testTwoHops(kind: ProxyKind, sluice: string, application: Application): void {
  test("behind two trusted proxies clients are told apart, and none chooses its address", async () => {
    const inner = await running(kind.start(sluice, application.address, { behindAnother: true }));
    const outer = await running(kind.startBefore(new URL(inner.url).host));
    const lie = (i: number): Sending => ({ ...LOGIN, headers: { "x-forwarded-for": `203.0.113.${i}` } });
    const through = (from: string) => [1, 2, 3].map((i) => ({ ...lie(i), from }));
    expect(await statuses(outer.url, through("127.0.3.1"))).toEqual([200, 200, 429]);
    expect(await statuses(outer.url, through("127.0.3.2"))).toEqual([200, 200, 429]);
    expect(await statuses(inner.url, through("127.0.3.3"))).toEqual([200, 200, 429]);
    expect(await statuses(inner.url, through("127.0.3.1"))).toEqual([429, 429, 429]);
  });
}

function testFailures(kind: ProxyKind, application: Application): void {
  const [down, silent] = kind.unanswered;

  test(`while Sluice is down clients get ${down}, and when it is back they are counted again`, async () => {
    const first = await running(startSluice(RULES));
    const { address } = first;
    const { url } = await running(kind.start(address, application.address));
    expect(await statuses(url, [LOGIN])).toEqual([200]);
    await first.stop();
    application.seen.length = 0;
    expect(await statuses(url, [LOGIN, LOGIN])).toEqual([down, down]);
    expect(application.seen).toEqual([]);
    await running(startSluice(RULES, { address }));
    expect(await statuses(url, [LOGIN, LOGIN, LOGIN])).toEqual([200, 200, 429]);
  });

  test(`while Sluice is silent nobody waits long: clients get ${silent}, or pass, as the guide lets you choose`, async () => {
    const way = { patience: "as the guide has it" } as const;
    const quiet = await startSilent();
    const [closed, open] = await Promise.all([
      running(kind.start(quiet, application.address, way)),
      running(kind.start(quiet, application.address, { ...way, open: true })),
    ]);
    const answers = await Promise.all([closed, open].map(({ url }) => send(url, LOGIN)));
    expect(answers.map(({ status }) => status)).toEqual([silent, 200]);
    expect(answers[1].body).toBe("POST /login 3");
  });

  test("what lets requests pass while Sluice is down neither sends them twice nor weakens its refusals", async () => {
    const unasked = await running(kind.start(NOBODY, application.address, { open: true }));
    application.seen.length = 0;
    expect(await statuses(unasked.url, [LOGIN, LOGIN, LOGIN])).toEqual([200, 200, 200]);
    expect(application.seen).toEqual(Array(3).fill("POST /login 3"));
    const { address } = await running(startSluice(RULES));
    const { url } = await running(kind.start(address, application.address, { open: true }));
    application.seen.length = 0;
    const crashes = [{ target: "/crash" }, { target: "/open?crash" }];
    expect(await statuses(url, [...crashes, LOGIN, LOGIN, LOGIN])).toEqual([502, 502, 200, 200, 429]);
    expect(application.seen).toEqual(["GET /crash 0", "GET /open?crash 0", "POST /login 3", "POST /login 3"]);
  });

  test("a store that fails closed is 503, also where requests pass while Sluice is down", async () => {
    const rules = `onStoreError: closed\n${RULES}`;
    const { address } = await running(startSluice(rules, { store: `redis://${NOBODY}` }));
    const { url } = await running(kind.start(address, application.address, { open: true }));
    const { status, headers } = await send(url, LOGIN);
    expect([status, headers["retry-after"]]).toEqual([503, "1"]);
  });
}

function lies(i: number): Record<string, string> {
  return {
    "x-forwarded-for": `203.0.113.${i}`,
    "x-real-ip": `203.0.113.${i}`,
    forwarded: `for=203.0.113.${i}`,
    "x-original-uri": "/open",
    "x-original-method": "GET",
    "x-forwarded-uri": "/open",
    "x-forwarded-method": "GET",
    "x-sluice-problem": "{}",
  };
}

function expectRefusal({ status, headers, body }: Answer): void {
  expect(status).toBe(429);
  expect(headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  expect(headers["ratelimit-policy"]).toBe('"default";q=2;w=3600');
  expect(headers["ratelimit"]).toMatch(/^"default";r=0;t=\d+$/);
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(body)).toMatchObject({ type: PROBLEM, status: 429, "violated-policies": ["default"] });
}

async function running<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  onTestFinished(() => started.stop());
  return started;
}

async function inTurn(url: string, sendings: readonly Sending[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const sending of sendings) answers.push(await send(url, sending));
  return answers;
}

async function statuses(url: string, sendings: readonly Sending[]): Promise<number[]> {
  return (await inTurn(url, sendings)).map(({ status }) => status);
}

/** Takes connections, and never says a word. */
async function startSilent(): Promise<string> {
  const server = createServer((socket) => void socket.on("error", () => {}).unref()).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
