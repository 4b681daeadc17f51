import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Log } from "../src/serve/Log.ts";
import { rawRequest } from "./rawRequest.ts";
import { type Served, serving, statuses } from "./serving.ts";

const RULES = "identify: [apiKey, clientIp]\nrules: [{ path: /limited, limits: 5/h }, { limits: 100000/h }]";
const CLOSE = "Connection: close\r\n\r\n";

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeAll(() => {
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
});

afterAll(() => {
  process.off("unhandledRejection", note);
  process.off("uncaughtException", note);
});

/** It still answers, and told nobody of an error of its own. */
async function expectWell({ url, complaints }: Served): Promise<void> {
  expect(await statuses(1, () => fetch(`${url}/well`))).toEqual([200]);
  expect(complaints.join("\n")).not.toContain("internal error");
  expect(unhandled).toEqual([]);
}

test.each([
  ["/%E0%A4%A"],
  ["/%"],
  ["/%00"],
  ["/%2e%2e/%2e%2e/etc/passwd"],
  [`/${"a".repeat(15_000)}`],
  [`/${"a/".repeat(7000)}`],
  [`/${"%2f".repeat(5000)}`],
  ["http://evil/limited/x"],
  ["http://[::1/x"],
  ["//"],
  ["*"],
  ["/a?b#c"],
])("the target %.40s gets the default rule (33)", async (target) => {
  const served = await serving(RULES);
  const answer = await rawRequest(served.url, `GET ${target} HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
  expect(answer).toContain("HTTP/1.1 200 OK");
  expect(answer).toContain('"rule":"* /**"');
  await expectWell(served);
});

test.each(["PROPFIND", "M-SEARCH", "PURGE", "TRACE", "OPTIONS", "QUERY"])(
  "the method %s is answered like others",
  async (method) => {
    const served = await serving(RULES);
    const answer = await rawRequest(served.url, `${method} /a HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
    expect(answer).toContain("HTTP/1.1 200 OK");
    await expectWell(served);
  },
);

test("CONNECT opens no tunnel: 405", async () => {
  const served = await serving(RULES);
  const answer = await rawRequest(
    served.url,
    "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
  );
  expect(answer).toMatch(/^HTTP\/1\.1 405 /);
  await expectWell(served);
});

test("a request for an upgrade is answered as a request", async () => {
  const served = await serving(RULES);
  const head = `GET /limited HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n`;
  const answer = await rawRequest(served.url, head, true);
  expect(answer).toContain("HTTP/1.1 200 OK");
  expect(answer).toContain('"remaining":4');
  await expectWell(served);
});

test.each([
  ["nonsense", "hello\r\n\r\n", 400],
  ["a request without Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["a TLS greeting", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  ["the greeting of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  [
    "a length and chunks",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    400,
  ],
  ["a blank in a name", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400],
  ["headers over 64 kB", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(70_000)}\r\n\r\n`, 431],
])("%s is refused", async (_what, bytes, status) => {
  const served = await serving(RULES);
  expect(await rawRequest(served.url, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  await expectWell(served);
});

test("a second x-api-key after thousands of headers is still seen (29)", async () => {
  const served = await serving(RULES);
  const many = "A: b\r\n".repeat(5000);
  const head = `GET / HTTP/1.1\r\nHost: a\r\nX-Api-Key: one\r\n${many}X-Api-Key: two\r\n${CLOSE}`;
  expect(await rawRequest(served.url, head)).toContain("HTTP/1.1 400 Bad Request");
  await expectWell(served);
});

test("requests that come all at once are each counted, and answered in order", async () => {
  const served = await serving(RULES);
  const one = "GET /limited HTTP/1.1\r\nHost: a\r\n\r\n";
  const answer = await rawRequest(served.url, `${one.repeat(7)}GET /limited HTTP/1.1\r\nHost: a\r\n${CLOSE}`);
  expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
    ...Array<string>(5).fill("200"),
    ...Array<string>(3).fill("429"),
  ]);
  await expectWell(served);
});

test("a body is neither needed nor in the way", async () => {
  const served = await serving(RULES);
  const body = new Uint8Array(5_000_000);
  expect(await statuses(2, () => fetch(served.url, { method: "POST", body }))).toEqual([200, 200]);
  const head = `POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n${CLOSE}abc`;
  expect(await rawRequest(served.url, head)).toContain("HTTP/1.1 200 OK");
  await expectWell(served);
});

test("clients that go away in the middle of anything do no harm", async () => {
  const served = await serving(RULES);
  const starts = [
    "G",
    "GET / HTTP/1.1\r\nHost",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab",
  ];
  const consume =
    "POST /v1/consume HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
  for (let i = 0; i < 50; i++) await abort(served.url, starts[i % starts.length]);
  for (let i = 0; i < 10; i++) await abort(served.adminUrl, consume);
  await expectWell(served);
  expect(served.complaints).toEqual([]);
});

test("a warning is told once for each code, and their number is bounded", () => {
  const told: string[] = [];
  const log = new Log(
    () => {},
    (line) => told.push(line),
  );
  for (let i = 0; i < 5000; i++) log.complainOnce(`code ${i % 1000}`, "x");
  expect(told).toHaveLength(1000);
});

function abort(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.resetAndDestroy()));
    socket.on("error", () => {});
    socket.on("close", () => resolve());
  });
}
