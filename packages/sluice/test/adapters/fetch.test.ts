import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { apiKey, clientIp, type GuardOptions } from "sluice";
import { rateLimit } from "sluice/fetch";
import { testAdapter } from "sluice/testing";
import { describe, expect, test, vi } from "vitest";
import { items } from "../headers/items.ts";
import { served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { toResponse } from "./toResponse.ts";

/** A server of the Fetch standard over node:http, as Bun, Deno and Workers have. */
function listenerOf(
  handler: (request: Request, peer: IncomingMessage) => Promise<Response>,
): RequestListener {
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url!, `http://${incoming.headers.host}`);
    const headers = new Headers();
    for (let i = 0; i < incoming.rawHeaders.length; i += 2)
      headers.append(incoming.rawHeaders[i], incoming.rawHeaders[i + 1]);
    const gone = new AbortController();
    outgoing.on("close", () => outgoing.writableFinished || gone.abort());
    const request = new Request(url, { method: incoming.method!, headers, signal: gone.signal });
    const response = await handler(request, incoming).catch(
      (error: { status?: number }) => new Response(null, { status: error.status ?? 500 }),
    );
    outgoing.writeHead(response.status, [...response.headers].flat());
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
    outgoing.end();
  };
  return (incoming, outgoing) => void answer(incoming, outgoing);
}

const withPeer = (options: GuardOptions) =>
  rateLimit({
    remoteAddress: (_request: Request, peer: IncomingMessage) => peer.socket.remoteAddress,
    ...options,
  });

testAdapter(
  {
    name: "fetch",
    serve(application, at) {
      const limits = mounted(application, withPeer);
      const answer = async (request: Request, _peer: IncomingMessage) =>
        toResponse(await application.handler(new URL(request.url).pathname));
      return served(
        createServer(listenerOf(limits.reduceRight((inner, limited) => limited(inner), answer))),
        at,
      );
    },
  },
  { describe, test },
);

const identify = apiKey();
const ask = (key = "a", path = "/") => new Request(`http://h${path}`, { headers: { "X-Api-Key": key } });

describe("fetch", () => {
  test("case 22: clientIp without remoteAddress is refused at construction", () => {
    const needing = [undefined, clientIp(), [apiKey(), clientIp()]];
    for (const source of needing) {
      expect(() => rateLimit({ limits: "1/m", ...(source && { identify: source }) })).toThrow(TypeError);
    }
    expect(() => rateLimit({ limits: "1/m", identify })).not.toThrow();
    expect(() => rateLimit({ limits: "1/m", remoteAddress: () => "203.0.113.9" })).not.toThrow();
    expect(() => rateLimit({ limits: "1/m", remoteAddress: "203.0.113.9" as never })).toThrow(TypeError);
  });

  test("arguments of the runtime reach remoteAddress and the handler", async () => {
    const limited = rateLimit({
      limits: "1/m",
      remoteAddress: (_request: Request, env: { ip: string }) => env.ip,
    });
    const handler = limited((_request, { ip }) => new Response(ip));
    expect(await (await handler(ask(), { ip: "203.0.113.1" })).text()).toBe("203.0.113.1");
    expect((await handler(ask(), { ip: "203.0.113.1" })).status).toBe(429);
    expect((await handler(ask(), { ip: "203.0.113.2" })).status).toBe(200);
  });

  test("responses that cannot be changed are copied: redirects, and those of fetch", async () => {
    const limited = rateLimit({ limits: "9/m", identify });
    const redirected = await limited(() => Response.redirect("http://h/else", 303))(ask());
    expect([redirected.status, redirected.headers.get("Location")]).toEqual([303, "http://h/else"]);
    expect(redirected.headers.get("RateLimit")).toMatch(/r=8/);
    const fetched = await fetch("data:text/plain,hello");
    const copied = await limited(() => fetched)(ask());
    expect([await copied.text(), copied.headers.get("Content-Type")]).toEqual(["hello", "text/plain"]);
    expect(copied.headers.get("RateLimit")).toMatch(/r=7/);
  });

  test("a frozen response is copied too, and told once each time", async () => {
    const limited = rateLimit({ limits: "9/m", identify });
    const frozen = Object.freeze(new Response("hello"));
    const handler = limited(() => frozen);
    const { headers } = await handler(ask());
    expect(items(headers.get("RateLimit")).map(({ parameters }) => parameters["r"])).toEqual([8]);
    expect(frozen.headers.has("RateLimit")).toBe(false);
  });

  test("cookies of a copied response stay apart", async () => {
    const headers = new Headers([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    const limited = rateLimit({ limits: "9/m", identify })(
      () => new Response(null, { status: 204, headers }),
    );
    expect((await limited(ask())).headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  test("a response that can be changed stays the same object", async () => {
    class Special extends Response {
      readonly kind = "special";
    }
    const response = new Special("x");
    expect(await rateLimit({ limits: "9/m", identify })(() => response)(ask())).toBe(response);
  });

  test("network errors and upgrades are no answers of ours", async () => {
    const limited = rateLimit({ limits: "9/m", identify });
    const error = Response.error();
    expect(await limited(() => error)(ask())).toBe(error);
    const upgrade = Object.create(Response.prototype, {
      status: { value: 101 },
      headers: { value: new Headers() },
    }) as Response;
    expect(await limited(() => upgrade)(ask())).toBe(upgrade);
    expect([...upgrade.headers]).toEqual([]);
    expect(await limited(() => undefined as never)(ask())).toBeUndefined();
  });

  test("one response object that serves several requests tells each its own", async () => {
    const notFound = new Response(null, { status: 404, headers: { "Access-Control-Expose-Headers": "X-A" } });
    const handler = rateLimit({ limits: "3/m", identify, exposeHeaders: true })(() => notFound);
    for (const [key, left] of [
      ["a", 2],
      ["a", 1],
      ["b", 2],
      ["a", 0],
    ] as const) {
      const { headers } = await handler(ask(key));
      expect(items(headers.get("RateLimit")).map(({ parameters }) => parameters["r"])).toEqual([left]);
      expect(headers.get("Access-Control-Expose-Headers")).toBe(
        "X-A, Retry-After, RateLimit-Policy, RateLimit",
      );
    }
  });

  test("one response object that serves several requests tells nothing to one that is not counted", async () => {
    const shared = new Response(null, { status: 404, headers: { RateLimit: "of the application" } });
    const skip: GuardOptions["skip"] = ({ header }) => header("x-api-key") === "monitor";
    const handler = rateLimit({ limits: "3/m", identify, skip })(() => shared);
    expect((await handler(ask("a"))).headers.get("RateLimit-Policy")).toBe('"default";q=3;w=60');
    expect([...(await handler(ask("monitor"))).headers]).toEqual([["ratelimit", "of the application"]]);
    expect((await handler(ask("a"))).headers.get("RateLimit-Policy")).toBe('"default";q=3;w=60');
  });

  test("a response that cannot be changed is not copied for a request that is not counted", async () => {
    const redirect = Response.redirect("http://h/else");
    const skip: GuardOptions["skip"] = ({ header }) => header("x-api-key") === "monitor";
    const handler = rateLimit({ limits: "3/m", identify, skip })(() => redirect);
    expect((await handler(ask("a"))).headers.get("RateLimit-Policy")).toBe('"default";q=3;w=60');
    expect(await handler(ask("monitor"))).toBe(redirect);
  });

  test("one request object that is sent again is counted again, one after another and at once", async () => {
    const onWarning = vi.fn<() => void>();
    const handler = rateLimit({ limits: "10/m", identify, onWarning })(() => new Response("x"));
    const request = ask();
    for (let i = 0; i < 5; i++) expect((await handler(request)).status).toBe(200);
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => handler(request)))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    expect(onWarning).not.toHaveBeenCalled();
  });

  test("one request object that was refused, or failed, is counted again when it is sent again", async () => {
    const onWarning = vi.fn<() => void>();
    const refused = rateLimit({ limits: "1/m", identify, onWarning })(() => new Response("x"));
    const request = ask();
    expect((await refused(request)).status).toBe(200);
    for (let i = 0; i < 3; i++) expect((await refused(request)).status).toBe(429);
    const onLimit = () => Promise.reject(new Error("mine"));
    const failing = rateLimit({ limits: "1/m", identify, onWarning, onLimit })(() => new Response("x"));
    await failing(request);
    for (let i = 0; i < 3; i++) await expect(failing(request)).rejects.toThrow("mine");
    expect(onWarning).not.toHaveBeenCalled();
  });

  test("what the handler throws or rejects with is what comes out, and so is an error of identity", async () => {
    const failure = new Error("mine");
    const limited = rateLimit({ limits: "9/m", identify });
    const throwing = () => {
      throw failure;
    };
    await expect(limited(throwing)(ask())).rejects.toBe(failure);
    await expect(limited(() => Promise.reject(failure))(ask())).rejects.toBe(failure);
    await expect(rateLimit({ limits: "9/m", identify: throwing })(() => new Response())(ask())).rejects.toBe(
      failure,
    );
    const late = rateLimit({ limits: "9/m", remoteAddress: throwing })(() => new Response());
    await expect(late(ask())).rejects.toBe(failure);
  });

  test("case 30: spellings that a URL parser folds are one path, and what it leaves alone as well", async () => {
    const handler = rateLimit({ rules: [{ path: "/login", limits: "5/m" }], identify })(
      () => new Response("x"),
    );
    const spellings = ["/login/", "/./login", "/%6cogin?x", "/a/../LOGIN", "//login#f"];
    for (const path of spellings) expect((await handler(ask("a", path))).status).toBe(200);
    expect((await handler(ask("a", "/%2e/login"))).status).toBe(429);
  });
});
