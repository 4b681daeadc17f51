import { createServer, type RequestListener } from "node:http";
import {
  connect,
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import fastify from "fastify";
import { Hono } from "hono";
import { SignJWT } from "jose";
import Koa from "koa";
import { clientIp, cookie, custom, type GuardOptions, type IdentitySource } from "sluice";
import { rateLimit as fastifyLimit } from "sluice/fastify";
import { rateLimit as honoLimit } from "sluice/hono";
import { jwt } from "sluice/jwt";
import { rateLimit as koaLimit } from "sluice/koa";
import { rateLimit as nodeLimit } from "sluice/node";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Endpoint, listen } from "../adapters/exchange.ts";

const SECRET = "a secret of thirty-two characters";
const tokenOf = (sub: string) =>
  new SignJWT({ sub }).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(SECRET));

type App = (options: GuardOptions) => Promise<Endpoint>;

const apps: Record<string, App> = {
  node: (options) =>
    listen(
      createServer(
        nodeLimit({ ...options, onError: () => undefined })((_request, response) => response.end()),
      ),
    ),
  async fastify(options) {
    const app = fastify();
    onTestFinished(() => app.close());
    await app.register(fastifyLimit, options);
    app.get("/", async () => "");
    await app.ready();
    return listen(app.server);
  },
  koa(options) {
    const app = new Koa();
    app.silent = true;
    app.use(koaLimit(options));
    app.use((context) => void (context.body = ""));
    return listen(createServer(app.callback() as RequestListener));
  },
  hono(options) {
    const app = new Hono();
    app.use(honoLimit(options));
    app.get("/", (context) => context.body(""));
    return listen(createAdaptorServer({ fetch: app.fetch }));
  },
};

describe.each(Object.entries(apps))("%s over a socket", (_, app) => {
  /** Who was found behind one request with these lines, or the status of the refusal. */
  async function found(identify: IdentitySource, ...lines: string[]): Promise<string | number | undefined> {
    let key: string | undefined;
    const source = custom(identify);
    const { send } = await app({
      limits: "9/m",
      identify: async (request, warn) => {
        const identity = await source(request, warn);
        key = identity?.key;
        return identity;
      },
      onWarning: () => undefined,
    });
    const { status } = await send({ headers: lines.flatMap((line) => line.split(/: ?/, 2)) });
    return status === 200 ? key : status;
  }

  const sid = cookie("sid", { secret: false });
  const bearer = jwt({ key: SECRET, algorithms: "HS256" });
  const behindLoopback = clientIp({ trustedProxies: ["127.0.0.0/8"] });

  test("case 29: two cookies of one name are refused, in one line or in two", async () => {
    expect(await found(sid, "Cookie: sid=a", "Cookie: other=b")).toBe("cookie:sid:a");
    expect(await found(sid, "Cookie: sid=a; sid=b")).toBe(400);
    expect(await found(sid, "Cookie: sid=a", "Cookie: sid=b")).toBe(400);
    expect(await found(sid, "Cookie: sid=a", "cookie: sid=a")).toBe(400);
  });

  test("case 29: two tokens are refused, in one line or in two", async () => {
    const [ann, bob] = [`Bearer ${await tokenOf("ann")}`, `Bearer ${await tokenOf("bob")}`];
    expect(await found(bearer, `Authorization: ${ann}`)).toBe("jwt:|ann");
    expect(await found(bearer, `Authorization: ${ann}`, `Authorization: ${bob}`)).toBe(400);
    expect(await found(bearer, `Authorization: ${ann}`, `authorization: ${ann}`)).toBe(400);
    expect(await found(bearer, `Authorization: ${ann}, ${bob}`)).toBe(400);
  });

  test("case 14, 15: lines of a forwarding header are one chain, and a name in another spelling is another header", async () => {
    const lines = ["X-Forwarded-For: 6.6.6.6", "x-forwarded-for: 9.9.9.9"];
    expect(await found(behindLoopback, ...lines)).toBe("ip:9.9.9.9");
    expect(await found(clientIp({ hops: 1 }), ...lines)).toBe("ip:9.9.9.9");
    expect(await found(clientIp({ hops: 2 }), ...lines)).toBe("ip:6.6.6.6");
    expect(await found(clientIp(), ...lines)).toBe("ip:127.0.0.1");
    for (const name of ["X_Forwarded_For", "X-Forwarded-For-", "XForwardedFor", "Forwarded", "X-Real-IP"]) {
      expect(await found(behindLoopback, `${name}: 6.6.6.6`)).toBe("ip:127.0.0.1");
    }
  });

  test("case 17: two lines of a header that holds one address count for the peer", async () => {
    const realIp = clientIp({ trustedProxies: ["127.0.0.0/8"], header: "x-real-ip" });
    expect(await found(realIp, "X-Real-IP: 9.9.9.9")).toBe("ip:9.9.9.9");
    expect(await found(realIp, "X-Real-IP: 6.6.6.6", "X-Real-IP: 9.9.9.9")).toBe("ip:127.0.0.1");
  });
});

test("case 29: HTTP/2 may send cookies in crumbs, and two of one name are refused there too", async () => {
  const keys: (string | undefined)[] = [];
  const server = createHttp2Server(
    nodeLimit({
      limits: "9/m",
      identify: cookie("sid", { secret: false }),
      onError: (error) => keys.push((error as { code: string }).code),
    })((_request: Http2ServerRequest, response: Http2ServerResponse) => void response.end()),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  const status = (cookies: string[]) =>
    new Promise<number>((resolve, reject) => {
      const stream = session.request({ ":path": "/", cookie: cookies });
      stream.on("response", (headers) => resolve(headers[":status"]!));
      stream.on("error", reject);
      stream.end();
    });
  expect(await status(["sid=a", "other=b"])).toBe(200);
  expect(await status(["sid=a", "sid=b"])).toBe(400);
  expect(keys).toEqual(["INVALID_IDENTITY"]);
});
