import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseList } from "structured-headers";
import { expect, test } from "vitest";
import { command, type RunningCommand } from "./command.ts";
import { statuses, temporaryFolder } from "./serving.ts";

const PORTS = ["--port", "0", "--admin-port", "0"];

function folderWith(rules: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "limits.yaml"), rules);
  return folder;
}

function start(folder: string, ...flags: string[]): RunningCommand {
  return command(["serve", "limits.yaml", ...PORTS, ...flags], folder);
}

test("200s with draft-11 fields, then 429 with Retry-After and the problem, also after kill -9 and a restart", async () => {
  const folder = folderWith("rules: [{ path: /hello, limits: 3/h }]");
  const first = start(folder);
  const { url } = await first.urls();
  for (const remaining of [2, 1, 0]) {
    const response = await fetch(`${url}/hello`);
    expect(response.status).toBe(200);
    const [[name, parameters]] = parseList(response.headers.get("ratelimit")!) as [
      [string, Map<string, number>],
    ];
    expect([name, parameters.get("r")]).toEqual(["default", remaining]);
    expect(parseList(response.headers.get("ratelimit-policy")!)).toEqual([
      [
        "default",
        new Map([
          ["q", 3],
          ["w", 3600],
        ]),
      ],
    ]);
  }
  const refused = await fetch(`${url}/hello`);
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
  expect(await refused.json()).toMatchObject({
    type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
    "violated-policies": ["default"],
  });

  first.kill("SIGKILL");
  expect(await first.ended()).toBe("SIGKILL");
  const again = await start(folder).urls();
  expect((await fetch(`${again.url}/hello`)).status).toBe(429);
});

test("after Retry-After it is 200 again (3)", async () => {
  const folder = folderWith("rules: [{ limits: { tokenBucket: { capacity: 1, refill: 1/s } } }]");
  const { url } = await start(folder).urls();
  expect(await statuses(1, () => fetch(url))).toEqual([200]);
  const refused = await fetch(url);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  await wait(1000);
  expect(await statuses(1, () => fetch(url))).toEqual([200]);
});

test("two processes on one SQLite file admit exactly the limit", async () => {
  const folder = folderWith("rules: [{ limits: 20/h }]");
  const urls = (await Promise.all([start(folder).urls(), start(folder).urls()])).map(({ url }) => url);
  const asked = Array.from({ length: 60 }, (_, i) => fetch(urls[i % 2]));
  const found = (await Promise.all(asked)).map(({ status }) => status);
  expect(found.filter((status) => status === 200)).toHaveLength(20);
  expect(found.filter((status) => status === 429)).toHaveLength(40);
});

test("it prints where it listens, the store, the rules, and what to try", async () => {
  const folder = folderWith("rules: [{ path: /health }, { path: '/user/:id', method: PUT, limits: 5/m }]");
  const running = start(folder, "--store", "memory");
  const { url, adminUrl } = await running.urls();
  expect(running.output).toBe(`sluice serves limits.yaml: 2 rules, read again when it changes.

  requests  ${url}
  admin     ${adminUrl}  (/healthz, /metrics, POST /v1/consume)
  store     memory, which forgets when it ends

Try, several times:

  curl -i -X PUT ${url}/user/1
  curl -i ${adminUrl}/v1/consume -H 'content-type: application/json' -d '{"rule":"PUT /user/:id","key":"user:42"}'
  curl -s ${adminUrl}/metrics

Ctrl-C ends it.
`);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s closes and ends with 0, also with idle connections",
  async (signal) => {
    const running = start(folderWith("rules: [{}]"));
    const { url, adminUrl } = await running.urls();
    await statuses(3, () => fetch(url));
    await statuses(1, () => fetch(`${adminUrl}/healthz`));
    running.kill(signal);
    expect(await running.ended()).toBe(0);
    expect(running.output).toContain(`${signal}: closing ...\nclosed.\n`);
  },
);

test("a request in flight is answered before it ends, and no other is taken", async () => {
  const running = start(folderWith("rules: [{ limits: 5/h }]"), "--store", "memory");
  const { url } = await running.urls();
  const answered = halfRequest(url);
  await answered.sent;
  running.kill("SIGTERM");
  await running.printed(/closing/);
  await expect(fetch(url)).rejects.toThrow("fetch failed");
  answered.finish();
  expect(await answered.text).toContain("HTTP/1.1 200 OK");
  expect(await running.ended()).toBe(0);
});

test("a second signal ends it at once", async () => {
  const running = start(folderWith("rules: [{}]"), "--store", "memory");
  const { url } = await running.urls();
  await halfRequest(url).sent;
  const since = performance.now();
  running.kill("SIGTERM");
  await running.printed(/closing/);
  const again = setInterval(() => running.kill("SIGTERM"), 50);
  expect(await running.ended()).toBe(143);
  clearInterval(again);
  expect(performance.now() - since).toBeLessThan(3000);
});

test("a client that never finishes is cut off after five seconds", async () => {
  const running = start(folderWith("rules: [{}]"), "--store", "memory");
  const { url } = await running.urls();
  await halfRequest(url).sent;
  const since = performance.now();
  running.kill("SIGTERM");
  expect(await running.ended()).toBe(0);
  expect(performance.now() - since).toBeLessThan(7000);
}, 15_000);

test("SIGHUP takes the file again, also without watching", async () => {
  const folder = folderWith("rules: [{ limits: 5/h }]");
  const running = start(folder, "--store", "memory", "--no-watch");
  const { url } = await running.urls();
  writeFileSync(join(folder, "limits.yaml"), "rules: [{ limits: 6/h }]");
  running.kill("SIGHUP");
  await running.printed(/Reloaded limits\.yaml: 1 rule\./);
  expect(await (await fetch(url)).json()).toMatchObject({ limit: 6 });
});

test("a changed file is taken, a bad one is not, and the state stays (SQLite)", async () => {
  const folder = folderWith("rules: [{ limits: 2/h }]");
  const running = start(folder);
  const { url } = await running.urls();
  expect(await statuses(3, () => fetch(url))).toEqual([200, 200, 429]);
  writeFileSync(join(folder, "limits.yaml"), "rules: [{ limits: 3/h }]");
  await running.printed(/Reloaded/);
  expect(await statuses(2, () => fetch(url))).toEqual([200, 429]);
  writeFileSync(join(folder, "limits.yaml"), "rules: [{ limits: 3/x }]");
  await running.printed(/limits\.yaml:1:19: rules\[0\]\.limits: [^]*the old rules stay in force/);
  expect(await statuses(1, () => fetch(url))).toEqual([429]);
});

/** A connection with a request whose head is not complete. */
function halfRequest(url: string): { sent: Promise<void>; finish: () => void; text: Promise<string> } {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let received = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
  socket.on("error", () => {});
  const text = new Promise<string>((resolve) => socket.once("close", () => resolve(received)));
  // An answer to what came first shows that the server has read, and begun the second.
  const sent = new Promise<void>((resolve) => socket.once("data", () => resolve()));
  socket.write("GET /first HTTP/1.1\r\nHost: a\r\n\r\nGET /second HTTP/1.1\r\nHost");
  return { sent, text, finish: () => socket.write(": a\r\nConnection: close\r\n\r\n") };
}
