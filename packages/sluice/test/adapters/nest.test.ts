import { Readable } from "node:stream";
import {
  All,
  Catch,
  Controller,
  Get,
  HttpException,
  type INestApplication,
  Module,
  Post,
  Req,
  Res,
  UseGuards,
} from "@nestjs/common";
import { APP_FILTER, APP_GUARD, ExternalContextCreator, NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import {
  fixedWindow,
  type GuardOptions,
  IdentityError,
  memoryStore,
  RateLimitExceededError,
  rateLimiter,
} from "sluice";
import { RateLimit, rateLimit, refusalFilter } from "sluice/nest";
import { type Answered, type ListenAt, manualClock, type Served, testAdapter } from "sluice/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Endpoint, endpointAt } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { spellingSuite } from "./spellingSuite.ts";
import { writeAnswer } from "./writeAnswer.ts";

type Platform = "express" | "fastify";
type Configure = (app: INestApplication) => void;

/** Decorates by hand: Node runs no decorators, and Nest wants the older ones. */
function decorate(target: Function, decorators: readonly ClassDecorator[]): void {
  for (const decorator of decorators.toReversed()) decorator(target);
}

function decorateMethod(target: Function, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name)!;
  for (const decorator of decorators.toReversed()) decorator(target.prototype, name, descriptor);
}

async function applicationOf(
  platform: Platform,
  controllers: readonly Function[],
  configure: Configure = () => undefined,
  providers: readonly object[] = [],
): Promise<INestApplication> {
  class Root {
    readonly name = "root";
  }
  decorate(Root, [Module({ controllers: controllers as never, providers: providers as never })]);
  const adapter = platform === "express" ? new ExpressAdapter() : new FastifyAdapter();
  const app = await NestFactory.create(Root, adapter, { logger: false });
  configure(app);
  return app;
}

async function served(app: INestApplication, at: ListenAt): Promise<Served> {
  await ("path" in at ? app.listen(at.path) : app.listen(at.port, at.host));
  const address = app.getHttpServer().address() as { port: number } | string;
  return { ...(typeof address === "object" && { port: address.port }), close: () => app.close() };
}

async function listening(app: INestApplication): Promise<Endpoint> {
  const { port, close } = await served(app, { host: "127.0.0.1", port: 0 });
  const endpoint = endpointAt(port!);
  onTestFinished(async () => void (await close()));
  return endpoint;
}

/** A controller with one route for all paths, which answers by the path. */
function everywhere(platform: Platform, handler: (path: string) => Answered | Promise<Answered>): Function {
  class Everywhere {
    async answer(request: { url: string }, response: any): Promise<void> {
      const answer = await handler(request.url);
      if (platform === "express") return writeAnswer(response, answer);
      const { status = 200, headers = {}, body = "" } = answer;
      response.code(status).headers(headers);
      await response.send(typeof body === "string" ? body : Readable.from(body));
    }
  }
  Req()(Everywhere.prototype, "answer", 0);
  Res()(Everywhere.prototype, "answer", 1);
  decorateMethod(Everywhere, "answer", All("*"));
  decorate(Everywhere, [Controller()]);
  return Everywhere;
}

/** Fastify answers 415 to what it cannot parse, before Nest is asked. */
function takeAnyBody(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser("*", (_request, _body, done) => done(null));
}

/** A controller with two routes, /town/list and POST /town/found. */
function town(ofController: readonly ClassDecorator[], ofRoute: readonly MethodDecorator[]): Function {
  class Town {
    list(): string {
      return "towns";
    }
    found(): string {
      return "founded";
    }
  }
  decorateMethod(Town, "list", Get("list"));
  decorateMethod(Town, "found", ...ofRoute, Post("found"));
  decorate(Town, [...ofController, Controller("town")]);
  return Town;
}

/** What Fastify takes for /login only if it is told to. */
const onlyLenient = new Set(["//login", "/login//", "*LOGIN"]);
const found = { method: "POST", target: "/town/found" };
const list = { target: "/town/list" };

describe.each<Platform>(["express", "fastify"])("nest on %s", (platform) => {
  testAdapter(
    {
      name: `nest on ${platform}`,
      async serve(application, at) {
        const controller = everywhere(platform, application.handler);
        const guards = mounted(application, rateLimit);
        const app = await applicationOf(platform, [controller], (made) => {
          made.useGlobalGuards(...guards);
          if (platform === "fastify") takeAnyBody(made as NestFastifyApplication);
        });
        return served(app, at);
      },
      answersItself: ["/%E0%A4%A", "/%"],
    },
    { describe, test },
  );

  spellingSuite(
    async (options) => {
      class Login {
        login(): string {
          return "welcome";
        }
      }
      decorateMethod(Login, "login", Get("login"));
      decorate(Login, [Controller()]);
      return listening(
        await applicationOf(platform, [Login], (app) => app.useGlobalGuards(rateLimit(options))),
      );
    },
    ({ target, reaches }) =>
      reaches.includes(platform) && !(platform === "fastify" && onlyLenient.has(target)),
  );

  test("for the application, by APP_GUARD: it counts requests to routes, and no 404s", async () => {
    const guard = { provide: APP_GUARD, useValue: rateLimit({ limits: "2/m" }) };
    const { send } = await listening(await applicationOf(platform, [town([], [])], undefined, [guard]));
    expect((await send({ target: "/nowhere" })).status).toBe(404);
    expect((await send(found)).status).toBe(201);
    const { status, body, headers } = await send(list);
    expect([status, body, headers["ratelimit-policy"]]).toEqual([200, "towns", '"default";q=2;w=60']);
    expect((await send(list)).status).toBe(429);
  });

  test.each([
    ["@UseGuards", (options: GuardOptions) => UseGuards(rateLimit(options))],
    ["@RateLimit", (options: GuardOptions) => RateLimit(options)],
  ])("for a controller and for a route, by %s", async (_name, decoratorOf) => {
    const controller = town([decoratorOf({ limits: "2/m" })], [decoratorOf({ limits: "1/h" })]);
    const { send } = await listening(await applicationOf(platform, [controller]));
    expect((await send(found)).headers["ratelimit-policy"]).toBe('"default";q=2;w=60, "default";q=1;w=3600');
    const refused = await send(found);
    expect([refused.status, JSON.parse(refused.body).status]).toEqual([429, 429]);
    expect((await send(list)).status).toBe(429);
  });

  test.each(["before", "after"])(
    "@RateLimit stands beside @UseGuards, %s it, and says nothing of other routes",
    async (place) => {
      const asked: string[] = [];
      const other = UseGuards({ canActivate: () => (asked.push("other"), true) });
      const limit = RateLimit({ limits: "1/m" });
      const controller = town([], place === "before" ? [limit, other] : [other, limit]);
      const { send } = await listening(await applicationOf(platform, [controller]));
      for (const status of [201, 429]) expect((await send(found)).status).toBe(status);
      for (let i = 0; i < 3; i++) expect((await send(list)).headers).not.toHaveProperty("ratelimit");
      expect(asked.length).toBeGreaterThan(0);
    },
  );

  test("a refusal is answered past filters; what onLimit throws goes their way", async () => {
    const caught: unknown[] = [];
    class CatchAll {
      catch(error: unknown, host: { switchToHttp(): { getResponse(): any } }): void {
        caught.push(error);
        const response = host.switchToHttp().getResponse();
        response.status(418).send("caught");
      }
    }
    decorate(CatchAll, [Catch()]);
    const ready = town([], [RateLimit({ limits: "1/m" })]);
    const thrown = new HttpException("wait", 420);
    class Own {
      list(): string {
        return "own";
      }
    }
    const onLimit = (): never => {
      throw thrown;
    };
    decorateMethod(Own, "list", RateLimit({ limits: "1/m", onLimit }), Get("own"));
    decorate(Own, [Controller()]);
    const app = await applicationOf(platform, [ready, Own], (made) => made.useGlobalFilters(new CatchAll()));
    const { send } = await listening(app);
    for (const status of [201, 429]) expect((await send(found)).status).toBe(status);
    expect(caught).toEqual([]);
    for (const status of [200, 418]) expect((await send({ target: "/own" })).status).toBe(status);
    expect(caught).toEqual([thrown]);
  });

  test("errors go to filters, and have a status for Nest's own", async () => {
    const store = memoryStore();
    const nobody = (): never => {
      throw new IdentityError("INVALID_IDENTITY", "no such client", 400);
    };
    const controller = town(
      [RateLimit({ limits: "1/m", store })],
      [RateLimit({ limits: "1/m", identify: nobody })],
    );
    const { send } = await listening(await applicationOf(platform, [controller]));
    await send(found);
    expect((await send(list)).status).toBe(429);
    await store.close();
    const { status, body } = await send(list);
    expect([status, JSON.parse(body)]).toEqual([503, { statusCode: 503, message: "Service Unavailable" }]);
  });

  describe("an uncaught refusal", () => {
    async function sending(providers: readonly object[]) {
      const clock = manualClock();
      const limits = fixedWindow({ limit: 1, window: "1m", anchor: "first-call" });
      const limiter = rateLimiter({ limits, store: memoryStore({ clock }) });
      class Mail {
        async send(): Promise<string> {
          await limiter.acquire("tenant:acme");
          return "sent";
        }
      }
      decorateMethod(Mail, "send", Get());
      decorate(Mail, [Controller()]);
      const { send } = await listening(await applicationOf(platform, [Mail], undefined, providers));
      expect((await send()).body).toBe("sent");
      clock.advance("17s");
      return send();
    }

    test("is 429 by itself, and does not tell the key", async () => {
      const { status, body } = await sending([]);
      expect([status, JSON.parse(body)]).toEqual([429, { statusCode: 429, message: "Too Many Requests" }]);
    });

    test("with refusalFilter() it has the fields and the problem", async () => {
      const { status, headers, body } = await sending([{ provide: APP_FILTER, useValue: refusalFilter() }]);
      expect([status, headers["retry-after"], headers["cache-control"]]).toEqual([429, "43", "no-store"]);
      expect(headers["content-type"]).toBe("application/problem+json");
      expect(headers["ratelimit"]).toBe('"default";r=0;t=43');
      expect(JSON.parse(body)).toMatchObject({ status: 429, "violated-policies": ["default"] });
    });
  });

  test("refusalFilter() leaves other errors to others", async () => {
    class Broken {
      get(): never {
        throw new HttpException("teapot", 418);
      }
    }
    decorateMethod(Broken, "get", Get());
    decorate(Broken, [Controller()]);
    const app = await applicationOf(platform, [Broken], (made) => made.useGlobalFilters(refusalFilter()));
    const { send } = await listening(app);
    expect((await send()).status).toBe(418);
  });

  test("refusalFilter() leaves calls other than HTTP as they are without it", async () => {
    const refusal = new RateLimitExceededError("ann");
    class Resolver {
      ask(): never {
        throw refusal;
      }
    }
    const filter = { provide: APP_FILTER, useFactory: refusalFilter };
    const app = await applicationOf(platform, [], undefined, [filter]);
    onTestFinished(async () => app.close());
    await app.init();
    const resolver = new Resolver();
    const none = [undefined, undefined, undefined, undefined] as const;
    const options = { guards: true, interceptors: true, filters: true };
    const creator = app.get(ExternalContextCreator);
    const called = creator.create(resolver, () => resolver.ask(), "ask", ...none, options, "graphql");
    await expect(called(undefined, {}, {}, {})).rejects.toBe(refusal);
  });

  test("an application that has refused closes, and keeps nobody waiting", async () => {
    const controller = town([RateLimit({ limits: "1/m" })], []);
    const app = await applicationOf(platform, [controller]);
    const { port } = await served(app, { host: "127.0.0.1", port: 0 });
    const { send } = endpointAt(port!);
    for (const status of [200, 429, 429])
      expect((await send({ ...list, headers: { Connection: "close" } })).status).toBe(status);
    await app.close();
    await expect(send(list)).rejects.toThrow("ECONNREFUSED");
  });
});

describe("nest", () => {
  test("calls other than HTTP throw: they would pass uncounted", async () => {
    const context = {
      getType: () => "ws",
      switchToHttp: () => ({ getRequest: () => ({}), getResponse: () => ({}) }),
    };
    await expect(rateLimit({ limits: "1/m" }).canActivate(context)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
  });

  test("wrong options throw where they stand", () => {
    expect(() => rateLimit({ limits: "fast" as never })).toThrow(TypeError);
    expect(() => RateLimit({})).toThrow(TypeError);
  });
});
