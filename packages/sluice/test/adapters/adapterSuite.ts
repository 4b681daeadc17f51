import { EventEmitter, once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { apiKey, clientIp, fixedWindow, type GuardOptions, memoryStore, slidingWindow } from "sluice";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { gate, settle } from "../guard/ask.ts";
import { stillClock } from "../guard/stillClock.ts";
import { items } from "../headers/items.ts";
import { temporaryFile } from "../sqlite/temporaryFile.ts";
import { type Endpoint, listen } from "./exchange.ts";
import type { Answered, Handler } from "./Handler.ts";

/** An adapter, as the suite drives it. */
export interface AdapterUnderTest {
  readonly name: string;
  /** A server's listener: the handler behind a guard for each of the options, from the outside in. */
  listener(guards: readonly GuardOptions[], handler: Handler): RequestListener;
  /** The same with one guard that is mounted twice. */
  mountedTwice(options: GuardOptions, handler: Handler): RequestListener;
}

const ok: Handler = () => ({ body: "hello" });

/** Holds an adapter to what every adapter promises, over real sockets on loopback. */
export function adapterSuite(adapter: AdapterUnderTest): void {
  const serve = (options: GuardOptions | readonly GuardOptions[], handler: Handler = ok): Promise<Endpoint> =>
    listen(
      createServer(adapter.listener(Array.isArray(options) ? options : [options as GuardOptions], handler)),
    );

  const { name } = adapter;
  describe(`${name} adapter`, () => {
    const unhandled: unknown[] = [];
    const keep = (reason: unknown) => void unhandled.push(reason);
    beforeAll(() => void process.on("unhandledRejection", keep));
    afterAll(() => void process.off("unhandledRejection", keep));
    afterEach(async () => {
      await settle();
      expect(unhandled.splice(0)).toEqual([]);
    });

    answers(serve);
    clients(serve, adapter);
    requests(serve, adapter);
    failures(serve);
  });
}

const forwarded = (value: string): { headers: Record<string, string> } => ({
  headers: { "X-Forwarded-For": value },
});

const broken = (name: keyof GuardOptions, value: unknown): GuardOptions => ({ limits: "5/m", [name]: value });

const made: Handler = () => ({
  status: 201,
  headers: { "X-Own": "1", "Content-Type": "text/x" },
  body: "made",
});

type Serve = (options: GuardOptions | readonly GuardOptions[], handler?: Handler) => Promise<Endpoint>;

function answers(serve: Serve): void {
  test("case 01: a request that passes has the handler's answer and the fields", async () => {
    const { send } = await serve({ limits: "100/m" }, made);
    const { status, headers, body } = await send();
    expect([status, body, headers["x-own"], headers["content-type"]]).toEqual([201, "made", "1", "text/x"]);
    expect(headers["ratelimit-policy"]).toBe('"default";q=100;w=60');
    expect(headers["ratelimit"]).toMatch(/^"default";r=99;t=([1-9]|[1-5]\d|60)$/);
    expect(headers).not.toHaveProperty("retry-after");
    expect(headers["cache-control"]).not.toBe("no-store");
  });

  test("case 02, 08: a refusal is 429 with Retry-After, no-store and the problem, and the handler does not run", async () => {
    let runs = 0;
    const { send } = await serve({ limits: slidingWindow({ limit: 1, window: 300 }) }, () => ({
      body: `${++runs}`,
    }));
    await send();
    const { status, headers, body } = await send();
    expect(status).toBe(429);
    expect(headers["retry-after"]).toBe("1");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ status: 429, "violated-policies": ["default"] });
    expect(runs).toBe(1);
  });

  test("case 03: exactly at Retry-After the next request passes, and not before", async () => {
    const clock = stillClock();
    const { send } = await serve({
      limits: fixedWindow({ limit: 2, window: "1m" }),
      store: memoryStore({ clock }),
    });
    clock.advance(17_000);
    await send();
    await send();
    const { headers } = await send();
    expect(headers["retry-after"]).toBe("43");
    clock.advance(42_999.999);
    expect((await send()).status).toBe(429);
    clock.advance(0.001);
    expect((await send()).status).toBe(200);
  });

  test("case 04, 05: violated policies are named, all are told", async () => {
    const clock = stillClock();
    const limits = [
      fixedWindow({ limit: 1, window: "5s", name: "burst", anchor: "first-call" }),
      fixedWindow({ limit: 2, window: "40s", name: "steady", anchor: "first-call" }),
    ];
    const { send } = await serve({ limits, store: memoryStore({ clock }) });
    await send();
    const first = await send();
    expect(JSON.parse(first.body)).toMatchObject({ "violated-policies": ["burst"] });
    expect(items(first.headers["ratelimit"] as string).map(({ parameters }) => parameters["r"])).toEqual([
      0, 1,
    ]);
    clock.advance(5000);
    expect((await send()).status).toBe(200);
    const both = await send();
    expect(both.headers["retry-after"]).toBe("35");
    expect(items(both.headers["ratelimit-policy"] as string)).toHaveLength(2);
    expect(JSON.parse(both.body)).toMatchObject({ "violated-policies": ["burst", "steady"] });
  });

  test("case 09: two limiters on one route are told together, on answers and on refusals", async () => {
    const guards = [
      { limits: slidingWindow({ limit: 9, window: "1m", name: "outer" }) },
      { limits: slidingWindow({ limit: 1, window: "10s", name: "inner" }) },
    ];
    const { send } = await serve(guards);
    for (const status of [200, 429]) {
      const answer = await send();
      expect(answer.status).toBe(status);
      for (const field of ["ratelimit", "ratelimit-policy"]) {
        const told = items(answer.headers[field] as string).map(({ value }) => value);
        expect(new Set(told)).toEqual(new Set(["inner", "outer"]));
      }
    }
  });

  test("case 09: stacked legacy fields tell the limit nearest to refusing", async () => {
    const guards = [9, 2, 5].map((limit) => ({
      limits: slidingWindow({ limit, window: "1m" }),
      headers: "legacy" as const,
    }));
    const { send } = await serve(guards);
    for (const [status, remaining] of [
      [200, "1"],
      [200, "0"],
      [429, "0"],
    ]) {
      const answer = await send();
      expect([answer.status, answer.headers["x-ratelimit-remaining"]]).toEqual([status, remaining]);
      expect(answer.headers["x-ratelimit-limit"]).toBe("2");
    }
  });

  test("case 13: exposed fields are those, beside what the application exposes or not", async () => {
    const { send } = await serve({ limits: "1/m", exposeHeaders: true });
    for (const status of [200, 429]) {
      const answer = await send();
      expect(answer.status).toBe(status);
      const exposed = (answer.headers["access-control-expose-headers"] as string).split(", ");
      expect(exposed).toEqual(["Retry-After", "RateLimit-Policy", "RateLimit"]);
    }
  });

  test("another reply is sent as it is, repeated fields too", async () => {
    const { send } = await serve({
      limits: "1/m",
      onLimit: () => ({
        status: 403,
        headers: [
          ["Set-Cookie", "a=1"],
          ["Set-Cookie", "b=2"],
          ["X-A", "1"],
        ],
        body: "wait",
      }),
    });
    await send();
    const { status, headers, body } = await send();
    expect([status, body, headers["x-a"], headers["set-cookie"]]).toEqual([403, "wait", "1", ["a=1", "b=2"]]);
    expect(headers).not.toHaveProperty("retry-after");
  });

  test("another reply may be without a body", async () => {
    const { send } = await serve({ limits: "1/m", onLimit: () => ({ status: 204, headers: [], body: "" }) });
    await send();
    expect(await send()).toMatchObject({ status: 204, body: "" });
  });

  test("nothing is told of dry runs and of what is unlimited", async () => {
    const { send } = await serve({ rules: [{ path: "/free" }, { limits: "1/m", dryRun: true }] });
    for (const target of ["/free", "/", "/"]) {
      const { status, headers } = await send({ target });
      expect(status).toBe(200);
      expect(Object.keys(headers).filter((name) => name.includes("ratelimit"))).toEqual([]);
    }
  });
}

function clients(serve: Serve, adapter: AdapterUnderTest): void {
  const quiet = { onWarning: () => undefined };
  const trusting = { ...quiet, identify: clientIp({ trustedProxies: ["127.0.0.0/8"] }) };

  test("case 14: forwarding headers of a peer that is not trusted change nothing", async () => {
    const { send } = await serve({ limits: "5/m", ...quiet });
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++) {
      const address = `9.9.9.${i}`;
      const headers = {
        "X-Forwarded-For": address,
        Forwarded: `for=${address}`,
        "X-Real-IP": address,
        "CF-Connecting-IP": address,
      };
      statuses.push((await send({ headers })).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
  });

  test("case 15: of a trusted peer the rightmost hop that is not trusted counts", async () => {
    const { send } = await serve({ limits: "2/m", ...trusting });
    expect((await send(forwarded("6.6.6.6, 9.9.9.9"))).status).toBe(200);
    expect((await send(forwarded("7.7.7.7, 9.9.9.9, 127.0.0.2"))).status).toBe(200);
    expect((await send(forwarded("9.9.9.9"))).status).toBe(429);
    expect(
      (await send({ headers: ["X-Forwarded-For", "1.1.1.1", "X-Forwarded-For", "9.9.9.9"] })).status,
    ).toBe(429);
    expect((await send(forwarded("9.9.9.8"))).status).toBe(200);
  });

  test("case 17: hops that are no address count for the peer", async () => {
    const { send } = await serve({ limits: "7/m", ...trusting });
    for (const hop of ["unknown", "_x", "junk", "01.2.3.4", "0x7f.1", "1.2.3", "1.2.3.4, "]) {
      expect((await send(forwarded(hop))).status).toBe(200);
    }
    expect((await send()).status).toBe(429);
  });

  test.runIf(hasIpv6())("case 19: 127.0.0.1 and ::ffff:127.0.0.1 are one client", async () => {
    const listener = adapter.listener([{ limits: "2/m" }], ok);
    const four = await listen(createServer(listener), { host: "127.0.0.1" });
    const both = await listen(createServer(listener), { host: "::" });
    expect((await four.send()).status).toBe(200);
    expect((await both.send()).status).toBe(200);
    expect((await both.send()).status).toBe(429);
    expect((await both.send({ host: "::1" })).status).toBe(200);
  });

  test("case 23: behind a Unix socket nobody is found: 500, and a code", async () => {
    const codes: string[] = [];
    const options: GuardOptions = { limits: "2/m", onWarning: ({ code }) => void codes.push(code) };
    const path = join(dirname(temporaryFile()), "socket");
    const { send } = await listen(createServer(adapter.listener([options], ok)), { path });
    expect((await send()).status).toBe(500);
    expect((await send()).status).toBe(500);
    expect(codes).toEqual(["ADDRESS_MISSING"]);
  });

  test("case 29: an API key on two lines is refused with 400, and is no new identity", async () => {
    const { send } = await serve({ limits: "1/m", identify: [apiKey(), clientIp()] });
    expect((await send({ headers: ["X-Api-Key", "a", "X-API-KEY", "b"] })).status).toBe(400);
    expect((await send({ headers: ["X-Api-Key", "a"] })).status).toBe(200);
    expect((await send({ headers: ["X-Api-Key", "b"] })).status).toBe(200);
    expect((await send({ headers: ["X-Api-Key", "a"] })).status).toBe(429);
  });

  test("an identity that reads the framework's own request", async () => {
    const { send } = await serve({ limits: "1/m", identify: ({ native }) => typeof native });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(429);
  });

  test("100 at once on limit 10: exactly 10 pass", async () => {
    const { send } = await serve({ limits: "10/m" });
    const all = await Promise.all(Array.from({ length: 100 }, () => send()));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(90);
  });
}

function requests(serve: Serve, adapter: AdapterUnderTest): void {
  test("case 31: HEAD shares the counter of GET, and has the fields without a body", async () => {
    const { send } = await serve({ rules: [{ path: "/a", method: "GET", limits: "2/m" }] });
    const head = await send({ method: "HEAD", target: "/a" });
    expect([head.status, head.body]).toEqual([200, ""]);
    expect(head.headers["ratelimit"]).toMatch(/;r=1;/);
    expect((await send({ target: "/a" })).status).toBe(200);
    const refused = await send({ method: "HEAD", target: "/a" });
    expect([refused.status, refused.body]).toEqual([429, ""]);
    expect(refused.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
  });

  test("case 31: X-HTTP-Method-Override is not read", async () => {
    const { send } = await serve({ rules: [{ method: "POST", limits: "1/m" }] });
    const headers = { "X-HTTP-Method-Override": "GET" };
    expect((await send({ method: "POST", headers })).status).toBe(200);
    expect((await send({ method: "POST", headers })).status).toBe(429);
    expect((await send()).status).toBe(200);
  });

  test("case 33: broken paths fall to the rule for every path", async () => {
    const { send } = await serve({ limits: "4/m" });
    for (const target of ["/%E0%A4%A", "/%", "/%00", `/${"a".repeat(15_000)}`]) {
      expect((await send({ target })).headers["ratelimit"]).toBeDefined();
    }
    expect((await send({ target: "/" })).status).toBe(429);
  });

  test("query and host do not matter to a rule", async () => {
    const { send } = await serve({ rules: [{ path: "/login", limits: "3/m" }] });
    for (const target of ["/login?x=1", "/login?/../a", "http://evil.test/login"]) {
      expect((await send({ target })).status).toBe(200);
    }
    expect((await send({ target: "/login" })).status).toBe(429);
    expect((await send({ target: "/log" })).status).toBe(200);
  });

  test("answers of every status are counted", async () => {
    const { send } = await serve({ limits: "4/m" }, (target) => ({ status: Number(target.slice(1)) }));
    for (const status of [404, 304, 204, 500]) {
      const answer = await send({ target: `/${status}` });
      expect(answer.status).toBe(status);
      expect(answer.headers["ratelimit"]).toBeDefined();
    }
    expect((await send({ target: "/404" })).status).toBe(429);
  });

  test("a refusal leaves the connection in order, also after a body that nobody read", async () => {
    const { send } = await serve({ limits: "1/m" });
    await send();
    const refused = await send({ method: "POST", body: "x".repeat(1_000_000) });
    expect(refused.status).toBe(429);
    expect((await send({ method: "POST", body: "y" })).status).toBe(429);
  });

  test("a streamed answer arrives whole", async () => {
    const { send } = await serve({ limits: "9/m" }, () => ({ body: chunks(50) }));
    const { headers, body } = await send();
    expect(body).toBe(Array.from({ length: 50 }, (_, i) => `chunk ${i}\n`).join(""));
    expect(headers["ratelimit"]).toBeDefined();
  });

  test("case 36: a guard that is mounted twice counts a request once, and warns once", async () => {
    const codes: string[] = [];
    const options: GuardOptions = { limits: "3/m", onWarning: ({ code }) => void codes.push(code) };
    const { send } = await listen(createServer(adapter.mountedTwice(options, ok)));
    for (const left of [2, 1, 0]) {
      const { status, headers } = await send();
      expect([status, items(headers["ratelimit"] as string)[0].parameters["r"]]).toEqual([200, left]);
      expect(items(headers["ratelimit"] as string)).toHaveLength(1);
    }
    expect((await send()).status).toBe(429);
    expect(codes).toEqual(["MOUNTED_TWICE"]);
  });
}

function failures(serve: Serve): void {
  const failure = new Error("a secret cause");
  const throwing = () => {
    throw failure;
  };

  test("a store that was closed is 503, and the handler does not run", async () => {
    let runs = 0;
    const store = memoryStore();
    const { send } = await serve({ limits: "5/m", store }, () => ({ body: `${++runs}` }));
    expect((await send()).status).toBe(200);
    await store.close();
    const { status } = await send();
    expect([status, runs]).toEqual([503, 1]);
  });

  test.each<[keyof GuardOptions]>([["identify"], ["cost"], ["skip"]])(
    "case 56: %s that throws or rejects is 500, and the handler does not run",
    async (name) => {
      for (const value of [throwing, () => Promise.reject(failure), () => settle().then(throwing)]) {
        let runs = 0;
        const { send } = await serve(broken(name, value), () => ({ body: `${++runs}` }));
        expect((await send()).status).toBe(500);
        expect(runs).toBe(0);
      }
    },
  );

  test("case 56: onLimit that throws, or answers what cannot be sent, is 500", async () => {
    const bad = { status: 429, headers: [["X-A", "line\r\nbreak"]], body: "" };
    for (const onLimit of [throwing, () => "no", () => bad]) {
      const { send } = await serve({ ...broken("onLimit", onLimit), limits: "1/m" });
      expect((await send()).status).toBe(200);
      expect((await send()).status).toBe(500);
    }
  });

  test("a handler's own error stays its own: the framework answers it, and it was counted", async () => {
    const { send } = await serve({ limits: "2/m" }, async (): Promise<Answered> => {
      await settle();
      throw failure;
    });
    expect((await send()).status).toBe(500);
    expect((await send()).status).toBe(500);
    expect((await send()).status).toBe(429);
  });

  test("a client that goes away while it waits is no trouble", async () => {
    const later = gate();
    const arrived = new EventEmitter();
    const { port, send } = await serve({
      limits: "9/m",
      identify: () => (arrived.emit("one"), later.promise.then(() => "ann")),
    });
    for (let i = 0; i < 5; i++) {
      const socket = connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
      await once(arrived, "one");
      socket.destroy();
      await new Promise((resolve) => socket.once("close", resolve));
    }
    later.open();
    await settle();
    expect((await send()).headers["ratelimit"]).toMatch(/;r=3;/);
  });
}

async function* chunks(count: number): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) {
    await settle();
    yield `chunk ${i}\n`;
  }
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
}
