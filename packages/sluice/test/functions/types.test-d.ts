import {
  type Acquirer,
  alwaysDeny,
  foreignLimiter,
  type ForeignLimiter,
  limited,
  limitedSync,
  type Limiter,
  noLimit,
  type Permit,
  RateLimitExceededError,
  rateLimited,
  rateLimiter,
  type SyncLimiter,
} from "sluice";
import { casStore } from "sluice/cas";
import { expectTypeOf } from "vitest";

const limiter = rateLimiter({ limits: "5/m" });
const remote = rateLimiter({ limits: "5/m", store: casStore({} as never) });

// A promise stays one, anything else becomes one.
{
  const send = limited(async (to: string, text?: string) => ({ to, text }), { limiter, key: (to) => to });
  expectTypeOf(send).parameters.toEqualTypeOf<[to: string, text?: string | undefined]>();
  expectTypeOf(send("a")).resolves.toEqualTypeOf<{ to: string; text: string | undefined }>();
  expectTypeOf(limited((n: number) => n, { limits: "5/m", key: "a" })(1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(limited((n: number) => n, { limits: "5/m", key: "a", onLimit: "undefined" })(1)).toEqualTypeOf<
    Promise<number | undefined>
  >();
  // @ts-expect-error the key function has the arguments of the function
  limited((n: number) => n, { limiter, key: (text: string) => text });
  // @ts-expect-error a limiter, or limits
  limited((n: number) => n, { limiter, limits: "5/m", key: "a" });
  // @ts-expect-error neither
  limited((n: number) => n, { key: "a" });
}

// Type parameters and overloads stay.
{
  const same = limited(async <T>(value: T) => value, { limiter, key: "a" });
  expectTypeOf(same("a" as const)).resolves.toEqualTypeOf<"a">();
  const now = limitedSync(<T>(value: T) => value, { limiter, key: "a" });
  expectTypeOf(now("a" as const)).toEqualTypeOf<"a">();
}

// Whatever can be asked may stand for a limiter, and stays what it is.
{
  class Tickets implements Acquirer {
    left = 1;
    async acquire(_key: string, _options?: { cost?: number }): Promise<void> {}
  }
  const send = limited(async (to: string) => to, { limiter: new Tickets(), key: (to) => to });
  expectTypeOf(send.limiter).toEqualTypeOf<Tickets>();
  expectTypeOf(limited(async () => 1, { limits: "5/m", key: "a" }).limiter).toEqualTypeOf<Limiter>();
  limited((n: number) => n, { limiter: { acquire: (_key: string) => Promise.resolve(true) }, key: "a" });
  limited((n: number) => n, { limiter: foreignLimiter(() => true), key: "a", cost: 2 });
  limitedSync((n: number) => n, { limiter: noLimit(), key: "a" });
  expectTypeOf(alwaysDeny()).toEqualTypeOf<SyncLimiter>();
  // @ts-expect-error it cannot be asked
  limited((n: number) => n, { limiter: { consume: async () => true }, key: "a" });
  // @ts-expect-error it does not answer at once
  limitedSync((n: number) => n, { limiter: new Tickets(), key: "a" });
}

// Limiters of other makes say clearly what they say, and can only be asked.
{
  expectTypeOf<Limiter>().toExtend<Acquirer>();
  expectTypeOf<ForeignLimiter>().toExtend<Acquirer>();
  expectTypeOf<ForeignLimiter>().not.toExtend<Limiter>();
  const other = foreignLimiter(async (_key, cost) => ({ allowed: cost < 5, retryAfterMs: 100 }));
  expectTypeOf(other.run("a", ({ remaining }) => remaining)).toEqualTypeOf<Promise<number>>();
  // @ts-expect-error it says nothing
  foreignLimiter(async () => {});
  // @ts-expect-error in other words
  foreignLimiter(() => ({ success: true }));
  // @ts-expect-error it counts one key
  void other.consume({ user: "42" });
  // @ts-expect-error its costs have no names
  void other.consume("a", { cost: { tokens: 1 } });
  void new RateLimitExceededError("a", { retryAfterMs: 5 });
  // @ts-expect-error milliseconds, by that name
  void new RateLimitExceededError("a", { retryAfter: 5 });
}

// this is that of the function.
{
  const greet = limited(
    async function (this: { id: string }, times: number) {
      return this.id.repeat(times);
    },
    {
      limiter,
      key(times) {
        expectTypeOf(times).toEqualTypeOf<number>();
        return this.id;
      },
    },
  );
  void greet.call({ id: "a" }, 2);
  // @ts-expect-error without its this
  void greet(2);
}

// At once: only over what answers at once.
{
  const at = limitedSync((n: number) => n, { limiter, key: "a" });
  expectTypeOf(at(1)).toEqualTypeOf<number>();
  expectTypeOf(at.limiter).toEqualTypeOf<SyncLimiter>();
  // @ts-expect-error its store does not answer at once
  limitedSync((n: number) => n, { limiter: remote, key: "a" });
  // @ts-expect-error nor does its key
  limitedSync((n: number) => n, { limiter, key: async () => "a" });
}

// Decorators.
class Service {
  readonly id = "a";
  @rateLimited({
    limits: "5/m",
    key: (to: string, _text?: string) => to,
    cost: (_to: string, text?: string) => text?.length ?? 1,
  })
  async optional<T>(to: string, text?: string, more?: T): Promise<T | undefined> {
    return to === text ? undefined : more;
  }
  @rateLimited({ limits: "5/m", key: "static" })
  static async all<T>(value: T): Promise<T> {
    return value;
  }
  @rateLimited({ limits: "5/m", key: (to: string) => to })
  async send(to: string, text: string): Promise<string> {
    return to + text;
  }
  @rateLimited({ limiter, key: "all", onLimit: "undefined" })
  async maybe(): Promise<number | undefined> {
    return 1;
  }
  @rateLimited({
    limiter,
    key(this: Service) {
      return this.id;
    },
  })
  async own(): Promise<void> {}
  // @ts-expect-error the method has other arguments than the key function
  @rateLimited({ limits: "5/m", key: (to: string) => to })
  async other(_to: number): Promise<void> {}
  // @ts-expect-error it does not answer a promise
  @rateLimited({ limits: "5/m", key: "a" })
  now(): number {
    return 1;
  }
  // @ts-expect-error it may answer undefined
  @rateLimited({ limits: "5/m", key: "a", onLimit: "undefined" })
  async always(): Promise<number> {
    return 1;
  }
}
expectTypeOf(Service.all(1 as const)).resolves.toEqualTypeOf<1>();
expectTypeOf(new Service().send("a", "b")).resolves.toEqualTypeOf<string>();

// run and enter.
{
  expectTypeOf(limiter.run("a", async () => 1)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(limiter.run("a", ({ remaining }) => remaining)).toEqualTypeOf<Promise<number>>();
  expectTypeOf(remote.enter("a", { cost: 2 })).toEqualTypeOf<Promise<Permit>>();
  expectTypeOf<Permit>().toExtend<Disposable & AsyncDisposable>();
}
