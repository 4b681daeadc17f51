import { initTRPC } from "@trpc/server";
import { rateLimiter } from "sluice";
import { answerRefusals, rateLimit } from "sluice/trpc";
import { expectTypeOf } from "vitest";

interface Context {
  user: { id: string };
  resHeaders?: Headers | undefined;
}

const t = initTRPC.context<Context>().meta<{ cost: number }>().create();
const limits = "100/m";

// The context is known, and stays as it was.
const limited = t.procedure.use(rateLimit({ limits, key: ({ ctx }) => ctx.user.id }));
export const router = t.router({
  a: limited.query(({ ctx }) => {
    expectTypeOf(ctx.user.id).toEqualTypeOf<string>();
    return ctx.user.id;
  }),
  b: limited.use(answerRefusals).mutation(() => 1),
});
const caller = t.createCallerFactory(router)({ user: { id: "ann" } });
expectTypeOf(caller.a()).toEqualTypeOf<Promise<string>>();

// As a middleware, with a limiter, a cost, and what middlewares before have added.
t.procedure.use(
  t.middleware(
    rateLimit({
      limiter: rateLimiter({ limits }),
      key: ({ path, type }) => `${type} ${path}`,
      cost: async ({ input }) => (input === undefined ? 1 : 2),
      headers: "legacy",
    }),
  ),
);
t.procedure
  .use(({ next }) => next({ ctx: { tenant: "acme" } }))
  .use(rateLimit({ limits, key: ({ ctx }: { ctx: { tenant: string } }) => ctx.tenant }))
  .query(({ ctx }) => {
    expectTypeOf(ctx.tenant).toEqualTypeOf<string>();
    expectTypeOf(ctx.user.id).toEqualTypeOf<string>();
  });

// @ts-expect-error the context has no tenant
t.procedure.use(rateLimit({ limits, key: ({ ctx }: { ctx: { tenant: string } }) => ctx.tenant }));
// @ts-expect-error nobody says whom to count
rateLimit({ limits });
// @ts-expect-error a limiter, or limits
rateLimit({ key: () => "a" });
