import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import {
  concurrency,
  eventStream,
  fixedWindow,
  type GuardOptions,
  header,
  memoryStore,
  StoreError,
} from "sluice";
import { limitMessages, type MessageOptions, type MessageRefusal, rateLimit } from "sluice/ws";
import { manualClock } from "sluice/testing";
import { describe, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { DOWN, faultyStore } from "../failure/faultyStore.ts";
import { WsConnection } from "../../src/adapters/ws/WsConnection.ts";
import { readMessageOptions } from "../../src/adapters/ws/MessageOptions.ts";
import { gate, settle } from "../../src/testing/adapters/turns.ts";
import { UPGRADE_LINES, webSockets } from "./webSockets.ts";

const minute = (limit: number) => fixedWindow({ limit, window: "1m", anchor: "first-call" });
/** A request of a client that has reset its connection. */
const GONE = { url: "/", headers: {}, rawHeaders: [], socket: { remoteAddress: undefined, destroyed: true } };
const byUser = header("x-user");

describe("handshakes", () => {
  const greeting = (socket: WebSocket): void => socket.send("welcome");

  test("a refused one is answered with 429, the fields and the problem, and there is no connection", async () => {
    const clock = manualClock();
    const options = { limits: minute(1), store: memoryStore({ clock }), identify: byUser };
    const { connect, refused } = await webSockets(greeting, { verifyClient: rateLimit(options) });
    expect(await (await connect({ "X-User": "ann" })).hears(1)).toEqual(["welcome"]);
    clock.advance("17s");
    const { status, headers, body } = await refused({ "X-User": "ann" });
    expect([status, headers["retry-after"], headers["ratelimit"]]).toEqual([429, "43", '"default";r=0;t=43']);
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(body)).toMatchObject({ status: 429, "violated-policies": ["default"] });
    await connect({ "X-User": "bob" });
    clock.advance("43s");
    await connect({ "X-User": "ann" });
  });

  test("a reply of onLimit is sent whole: its type is told once, and each of its cookies", async () => {
    const onLimit: GuardOptions["onLimit"] = {
      status: 429,
      headers: [
        ["Set-Cookie", "a=1"],
        ["set-cookie", "b=2"],
        ["content-type", "text/plain"],
        ["connection", "close"],
        ["Vary", "Origin"],
        ["vary", "Accept"],
      ],
      body: "é no",
    };
    const { port } = await webSockets(greeting, { verifyClient: rateLimit({ limits: minute(0), onLimit }) });
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET / HTTP/1.1\r\n${UPGRADE_LINES}\r\n\r\n`);
    const [head, body] = (await text(socket)).split("\r\n\r\n");
    expect(body).toBe("é no");
    expect(head.split("\r\n").toSorted()).toEqual([
      "Connection: close",
      "Content-Length: 5",
      "Content-Type: text/plain",
      "HTTP/1.1 429 Too Many Requests",
      "Set-Cookie: a=1",
      "Set-Cookie: b=2",
      "Vary: Accept",
      "Vary: Origin",
    ]);
  });

  test("rules by path and identity, by the address of the peer as ever", async () => {
    const rules = [{ path: "/chat/**", limits: minute(1) }, { path: "/**" }] as const;
    const { connect, refused } = await webSockets(greeting, { verifyClient: rateLimit({ rules }) });
    await connect({}, "/chat/a");
    for (const path of ["/chat/b", "/CHAT/%62", "//chat//b"])
      expect((await refused({}, path)).status).toBe(429);
    await connect({}, "/free");
  });

  test("a client that resets while it waits is no trouble, and neither is one that has left before", async () => {
    const later = gate();
    const arrived = gate();
    const seen: unknown[] = [];
    let peer: Socket | undefined;
    const verifyClient = rateLimit({
      limits: minute(9),
      onError: (error) => void seen.push(error),
      async identify({ native }) {
        peer = (native as IncomingMessage).socket;
        arrived.open();
        await later.promise;
        return "ann";
      },
    });
    const connections: unknown[] = [];
    const { port } = await webSockets((socket) => void connections.push(socket), { verifyClient });
    const socket = connect(port, "127.0.0.1", () =>
      socket.write(`GET / HTTP/1.1\r\n${UPGRADE_LINES}\r\n\r\n`),
    );
    await arrived.promise;
    const left = new Promise((resolve) => peer!.once("close", resolve));
    socket.resetAndDestroy();
    await left;
    later.open();
    await settle();
    await settle();
    expect([seen, connections]).toEqual([[], []]);

    const none = rateLimit({ limits: minute(0), onError: (error) => void seen.push(error) });
    await new Promise<void>((resolve) => none({ req: GONE as never }, () => resolve()));
    expect(seen).toEqual([]);
  });

  test("handshakes may be counted by their outcome: successful are those that pass", async () => {
    const rules = [{ limits: minute(1), countOnly: "successful" }] as const;
    const { connect, refused } = await webSockets(greeting, { verifyClient: rateLimit({ rules }) });
    await connect();
    expect((await refused()).status).toBe(429);
  });

  test("concurrency counts connections until they are closed, by either end", async () => {
    const headers = { "X-User": "ann" };
    let last: { readonly socket: WebSocket; readonly closed: Promise<unknown> } | undefined;
    const { connect, refused } = await webSockets(
      (socket, request) => {
        last = { socket, closed: once(request.socket, "close") };
        greeting(socket);
      },
      { verifyClient: rateLimit({ limits: concurrency({ limit: 1 }), identify: byUser }) },
    );
    for (const end of ["close", "terminate"] as const) {
      for (const side of ["client", "server"]) {
        const client = await connect(headers);
        await client.hears(1);
        const { status, headers: fields } = await refused(headers);
        expect([status, fields["retry-after"]]).toEqual([429, "1"]);
        (side === "client" ? client : last!).socket[end]();
        await last!.closed;
      }
    }
    await connect(headers);
  });

  test("concurrency: a client that left while it was asked for is counted no longer", async () => {
    const limits = concurrency({ limit: 1 });
    const later = gate();
    const verifyClient = rateLimit({ limits, identify: () => later.promise.then(() => "ann") });
    const { socket, ...request } = { ...GONE, socket: { remoteAddress: "::1", destroyed: false } };
    const answered = new Promise<boolean>((resolve) =>
      verifyClient({ req: { ...request, socket } as never }, resolve),
    );
    socket.destroyed = true;
    later.open();
    expect(await answered).toBe(true);
    const { connect } = await webSockets(greeting, { verifyClient });
    expect(await (await connect()).hears(1)).toEqual(["welcome"]);
  });

  test("with noServer, where the application takes upgrades itself", async () => {
    const own = new WebSocketServer({ noServer: true, verifyClient: rateLimit({ limits: minute(1) }) });
    own.on("connection", greeting);
    const { http, connect, refused } = await webSockets(greeting);
    http.removeAllListeners("upgrade");
    http.on("upgrade", (request: IncomingMessage, socket, head) =>
      own.handleUpgrade(request, socket, head, (made) => own.emit("connection", made, request)),
    );
    expect(await (await connect()).hears(1)).toEqual(["welcome"]);
    expect((await refused()).status).toBe(429);
  });

  test("errors refuse: 500, 400 or 503, the cause is told to onError and to nobody else", async () => {
    const seen: unknown[] = [];
    const secret = new Error("a secret cause");
    const store = memoryStore();
    await store.close();
    const throwing = (): never => {
      throw secret;
    };
    const bad = { status: 429, headers: [["X-A", "a\r\nX-B: b"]] as [string, string][], body: "" };
    const cases: [Parameters<typeof rateLimit>[0], number][] = [
      [{ limits: "1/m", identify: throwing }, 500],
      [{ limits: "1/m", identify: () => Promise.reject(secret) }, 500],
      [{ limits: "1/m", identify: byUser }, 500],
      [{ limits: "1/m", store }, 503],
      [{ limits: fixedWindow({ limit: 0, window: "1m" }), onLimit: () => bad }, 500],
    ];
    for (const [options, status] of cases) {
      const verifyClient = rateLimit({ ...options, onError: (error) => void seen.push(error) });
      const { refused } = await webSockets(greeting, { verifyClient });
      const answer = await refused();
      expect([answer.status, answer.headers["x-b"]]).toEqual([status, undefined]);
      expect(answer.body).not.toContain("secret");
    }
    expect(seen).toEqual([
      secret,
      secret,
      expect.objectContaining({ code: "MISSING_IDENTITY" }),
      expect.any(StoreError),
      expect.any(TypeError),
    ]);
  });

  test("wrong options throw at construction", () => {
    expect(() => rateLimit({})).toThrow(TypeError);
    expect(() => rateLimit({ limits: "1/m", onError: 5 as never })).toThrow(TypeError);
  });
});

describe("messages", () => {
  /** Echoes what is within the limits. */
  const echoing = (options: MessageOptions) => {
    const limit = limitMessages(options);
    return webSockets((socket, request) =>
      limit(socket, request, (data: Buffer) => socket.send(data.toString())),
    );
  };

  test("of one connection: the first over the limit closes it with 1008 and says when, others are not concerned", async () => {
    const { connect } = await echoing({ perConnection: minute(2), perKey: "100/m" });
    const [first, second] = [await connect(), await connect()];
    first.send("a", "b", "c", "d");
    second.send("x");
    expect(await first.closed).toEqual({
      code: 1008,
      reason: expect.stringMatching(/^rate limit exceeded; retry after ([1-9]|[1-5]\d|60) s$/),
    });
    expect(first.told).toEqual(["a", "b"]);
    expect(await second.hears(1)).toEqual(["x"]);
    const again = await connect();
    again.send("e");
    expect(await again.hears(1)).toEqual(["e"]);
  });

  test("are told to a stream, by connection and by client", async () => {
    const events = eventStream();
    const told: [string, boolean][] = [];
    events.on("decision", ({ limiter, decision }) => told.push([limiter, decision.allowed]));
    const limits = {
      perConnection: minute(5),
      perKey: minute(1),
      identify: byUser,
      onLimit: "drop",
    } as const;
    const { connect } = await echoing({ ...limits, events });
    const one = await connect({ "X-User": "ann" });
    one.send("a");
    await one.hears(1);
    expect(told).toEqual([
      ["connection", true],
      ["messages", true],
    ]);
  });

  test("of one client: all its connections together, by the identity of the upgrade request", async () => {
    const clock = manualClock();
    const { connect } = await echoing({
      perKey: minute(2),
      identify: byUser,
      store: memoryStore({ clock }),
    });
    const [one, two, bob] = [
      await connect({ "X-User": "ann" }),
      await connect({ "X-User": "ann" }),
      await connect({ "X-User": "bob" }),
    ];
    one.send("a");
    await one.hears(1);
    two.send("b");
    await two.hears(1);
    clock.advance("17s");
    one.send("c");
    expect(await one.closed).toEqual({ code: 1008, reason: "rate limit exceeded; retry after 43 s" });
    bob.send("d");
    expect(await bob.hears(1)).toEqual(["d"]);
    clock.advance("43s");
    two.send("e");
    expect(await two.hears(2)).toEqual(["b", "e"]);
  });

  test("what one connection may not send is not charged to its client", async () => {
    const store = memoryStore({ clock: manualClock() });
    const limits = { perKey: minute(3), identify: byUser, store, onLimit: "drop" } as const;
    const { connect } = await echoing({ ...limits, perConnection: minute(1) });
    const told: string[] = [];
    for (const text of ["a", "b", "c", "d"]) {
      const client = await connect({ "X-User": "ann" });
      client.send(text, "over");
      client.socket.ping();
      await once(client.socket, "pong");
      told.push(...client.told);
    }
    expect(told).toEqual(["a", "b", "c"]);
  });

  test("a message over the limit may be dropped: the connection stays, and what fits later is handed on", async () => {
    const clock = manualClock();
    const { connect } = await echoing({ perKey: minute(1), store: memoryStore({ clock }), onLimit: "drop" });
    const { send, hears, socket } = await connect();
    send("a", "b", "c");
    socket.ping();
    await once(socket, "pong");
    clock.advance("1m");
    send("d");
    expect(await hears(2)).toEqual(["a", "d"]);
  });

  test("a function tells the client itself, and the connection goes on", async () => {
    const refusals: MessageRefusal[] = [];
    const { connect } = await echoing({
      perKey: minute(1),
      identify: byUser,
      onLimit(refusal) {
        refusals.push(refusal);
        refusal.socket.send("slow down");
      },
    });
    const { send, hears } = await connect({ "X-User": "ann" });
    send("a", "b");
    expect(await hears(2)).toEqual(["a", "slow down"]);
    expect(refusals).toEqual([
      expect.objectContaining({
        data: Buffer.from("b"),
        isBinary: false,
        decision: expect.objectContaining({ key: "header:x-user:ann" }),
      }),
    ]);
  });

  test("a cost by message: bytes, for example", async () => {
    const { connect } = await echoing({ perConnection: minute(10), cost: (data: Buffer) => data.length });
    const { send, closed, told } = await connect();
    send("12345", "1234", "12");
    expect((await closed).code).toBe(1008);
    expect(told).toEqual(["12345", "1234"]);
  });

  test("a message in fragments counts once, pings do not count", async () => {
    const { connect } = await echoing({ perConnection: minute(2) });
    const { socket, hears, send } = await connect();
    socket.send("a", { fin: false });
    socket.send("b", { fin: false });
    socket.send("c", { fin: true });
    for (let i = 0; i < 5; i++) socket.ping();
    send("d");
    expect(await hears(2)).toEqual(["abc", "d"]);
  });

  test("while the store is asked messages wait in order, and no more of them than one read", async () => {
    const store = faultyStore();
    store.fault = "silent";
    const limit = limitMessages({
      perKey: fixedWindow({ limit: 1_000_000, window: "1d" }),
      store,
      timeoutMs: 60_000,
    });
    const got: number[] = [];
    let arrived = 0;
    const total = 40_000;
    const all = gate();
    const { connect } = await webSockets((socket, request) => {
      limit(socket, request, (data: Buffer) => {
        if (got.push(Number(data.toString().trim())) === total) all.open();
      });
      socket.on("message", () => void arrived++);
    });
    const { send, socket } = await connect();
    const other = await connect();
    for (let i = 0; i < total; i++) send(`${i}`.padEnd(200));
    // The second connection shows that the server has had its turns.
    for (let i = 0; i < 50; i++) {
      other.socket.ping();
      await once(other.socket, "pong");
    }
    expect(got).toEqual([]);
    expect(arrived).toBeLessThan(2_000);
    expect(socket.bufferedAmount).toBeGreaterThan(0);
    store.fault = undefined;
    store.answerLate();
    await all.promise;
    expect(got).toEqual(Array.from({ length: total }, (_, i) => i));
  });

  test("nothing is handed on, and nothing asked, after the connection was closed, whatever the peer goes on to send", async () => {
    const store = faultyStore();
    const { connect } = await echoing({ perKey: minute(1), store });
    const { send, closed, told } = await connect();
    send(...Array.from({ length: 500 }, (_, i) => `${i}`));
    expect((await closed).code).toBe(1008);
    expect([told, store.asked]).toEqual([["0"], 2]);
  });

  test.each(["closed", "throw"] as const)(
    "a store that fails closes with 1013 (%s)",
    async (onStoreError) => {
      const store = faultyStore();
      store.fault = DOWN;
      const seen: unknown[] = [];
      const { connect } = await echoing({
        perKey: "5/m",
        store,
        onStoreError,
        onEvent: () => undefined,
        onError: (error) => void seen.push(error),
      });
      const { send, closed } = await connect();
      send("a");
      expect(await closed).toEqual({ code: 1013, reason: "try again later" });
      expect(seen).toEqual(onStoreError === "throw" ? [expect.any(StoreError)] : []);
    },
  );

  const secret = new Error("a secret cause");
  const throwing = (): never => {
    throw secret;
  };
  test.each<[string, MessageOptions, unknown]>([
    ["identify throws", { perKey: "5/m", identify: throwing }, secret],
    ["identify rejects", { perKey: "5/m", identify: () => Promise.reject(secret) }, secret],
    [
      "nobody is found",
      { perKey: "5/m", identify: byUser },
      expect.objectContaining({ code: "MISSING_IDENTITY" }),
    ],
    ["cost throws", { perConnection: "5/m", cost: throwing }, secret],
    [
      "a cost is none",
      { perConnection: "5/m", cost: () => -1 },
      expect.objectContaining({ code: "INVALID_COST" }),
    ],
    ["onLimit throws", { perConnection: minute(0), onLimit: throwing }, secret],
    ["onLimit rejects", { perConnection: minute(0), onLimit: () => Promise.reject(secret) }, secret],
  ])(
    "where %s the connection closes with 1011, the cause goes to onError, nothing is handed on",
    async (_, options, error) => {
      const seen: unknown[] = [];
      const { connect } = await echoing({ ...options, onError: (thrown) => void seen.push(thrown) });
      const { send, closed, told } = await connect();
      send("a", "b");
      expect(await closed).toEqual({ code: 1011, reason: "internal error" });
      expect([seen, told]).toEqual([[error], []]);
    },
  );

  test.each([
    ["throws", throwing],
    ["rejects", () => Promise.reject(secret)],
  ])("a handler that %s closes with 1011, and goes to onError", async (_, handler) => {
    const seen: unknown[] = [];
    const limit = limitMessages({ perConnection: "5/m", onError: (error) => void seen.push(error) });
    const { connect } = await webSockets((socket, request) => limit(socket, request, handler));
    const { send, closed } = await connect();
    send("a");
    expect((await closed).code).toBe(1011);
    expect(seen).toEqual([secret]);
  });

  test("a client that goes away while its message waits is no trouble", async () => {
    const store = faultyStore();
    store.fault = "silent";
    const seen: unknown[] = [];
    const got: unknown[] = [];
    const limit = limitMessages({
      perKey: "5/m",
      store,
      timeoutMs: 60_000,
      onError: (error) => void seen.push(error),
    });
    const gone = gate();
    const { connect } = await webSockets((socket, request) => {
      limit(socket, request, (data) => void got.push(data));
      socket.on("close", () => gone.open());
    });
    const { send, socket } = await connect();
    send("a");
    socket.ping();
    await once(socket, "pong");
    socket.terminate();
    await gone.promise;
    store.answerLate();
    await settle();
    expect([seen, got]).toEqual([[], []]);
  });

  test("a connection that has ended leaves nothing behind", async () => {
    const settings = readMessageOptions({ perConnection: "2/d" });
    const ended = gate();
    const { connect } = await webSockets((socket, request) => {
      new WsConnection(settings, "1", socket, request, () => socket.close()).begin();
      socket.on("close", () => ended.open());
    });
    const { send } = await connect();
    send("a");
    await ended.promise;
    expect(settings.connections?.peekSync("1", { cost: 0 }).remaining).toBe(2);
  });

  test("a connection whose peer has gone before it is looked at is no trouble", async () => {
    const seen: unknown[] = [];
    const limit = limitMessages({ perKey: "5/m", onError: (error) => void seen.push(error) });
    const began = gate();
    const { connect } = await webSockets((socket) => {
      limit(socket, GONE, () => undefined);
      began.open();
    });
    await connect();
    await began.promise;
    await settle();
    expect(seen).toEqual([]);
  });

  test("wrong options throw at construction", () => {
    const bad = [
      {},
      { perKey: "fast" },
      { perKey: "5/m", onLimit: "shout" },
      { perKey: "5/m", onError: 5 },
      { perkey: "5/m" },
      { perKey: "5/m", cost: -2 },
      { perKey: "5/m", cost: "2" },
      { perKey: "5/m", cost: { default: 1 } },
      { perKey: "5/m", identify: null },
    ];
    for (const options of bad) expect(() => limitMessages(options as never)).toThrow(TypeError);
  });
});

test.each(["perConnection", "perKey"] as const)("a limit on concurrency in %s is refused", (option) => {
  const construct = () => limitMessages({ [option]: ["9/s", concurrency({ limit: 1 })] });
  expect(construct).toThrow(expect.objectContaining({ code: "INVALID_LIMIT", path: option }));
});
