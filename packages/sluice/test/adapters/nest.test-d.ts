import { type CanActivate, Controller, type ExceptionFilter, Get, UseGuards } from "@nestjs/common";
import { APP_FILTER, APP_GUARD, NestFactory } from "@nestjs/core";
import type { Provider } from "@nestjs/common";
import { redisStore } from "sluice/redis";
import { RateLimit, rateLimit, refusalFilter } from "sluice/nest";
import { expectTypeOf } from "vitest";

const limits = "100/m";

expectTypeOf(rateLimit({ limits })).toExtend<CanActivate>();
expectTypeOf(refusalFilter()).toExtend<ExceptionFilter>();
expectTypeOf(RateLimit({ limits })).toExtend<MethodDecorator & ClassDecorator>();

const app = await NestFactory.create({});
app.useGlobalGuards(rateLimit({ limits }));
app.useGlobalFilters(refusalFilter());
UseGuards(rateLimit({ limits }), rateLimit({ limits: "5/m" }));

export const providers: Provider[] = [
  { provide: APP_GUARD, useValue: rateLimit({ limits }) },
  { provide: APP_FILTER, useFactory: refusalFilter },
  {
    provide: APP_GUARD,
    useFactory: (client: never) => rateLimit({ limits, store: redisStore(client) }),
    inject: ["redis"],
  },
];

// By hand, as the compiler applies them.
class Town {
  list(): string {
    return "towns";
  }
}
RateLimit({ limits })(Town);
Controller("town")(Town);
const descriptor = Object.getOwnPropertyDescriptor(Town.prototype, "list")!;
RateLimit({ limits })(Town.prototype, "list", descriptor);
Get()(Town.prototype, "list", descriptor);

// @ts-expect-error no limit
rateLimit({ limits: "fast" });
// @ts-expect-error no such option
RateLimit({ limit: "5/m" });
