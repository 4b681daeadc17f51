/** NestJS: a limit for the application, a stricter one for a route. */
import { Controller, Get, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { RateLimit, rateLimit, refusalFilter } from "sluice/nest";

class Towns {
  list() {
    return ["Ulm"];
  }

  found() {
    return "founded";
  }
}

class Application {
  readonly name = "towns";
}

// Node runs no decorators, so here they are called. Compiled by TypeScript with `experimentalDecorators` you write
// `@Controller("towns") class Towns { @Post() @RateLimit({ limits: "2/m" }) found() { ... } }`.
function decorate(target: Function, name: string, decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
  for (const decorator of decorators) decorator(target.prototype as object, name, descriptor ?? {});
}
decorate(Towns, "list", [Get()]);
decorate(Towns, "found", [Post(), RateLimit({ limits: "2/m", name: "founding" })]);
Controller("towns")(Towns);
Module({ controllers: [Towns] })(Application);

const app = await NestFactory.create(Application, { logger: ["error"] });
app.useGlobalGuards(rateLimit({ limits: "5/m" }));
// For what handlers throw: a RateLimitExceededError of `limiter.acquire` becomes a 429 with its fields.
app.useGlobalFilters(refusalFilter());

await app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
console.log(await app.getUrl());
