import * as fc from "fast-check";
import { expect, test } from "vitest";
import { concurrency, type Limiter, memoryStore, type Permit, rateLimiter } from "../../../src/index.ts";
import { manualClock } from "../../../src/testing/index.ts";
import { flush } from "../flush.ts";

const TTL = 30;
const BEAT = 10;

/** A permit, and the process that holds it. Times in seconds. */
interface Holder {
  readonly cost: number;
  readonly since: number;
  readonly permit: Permit;
  readonly limiter: Limiter;
  died?: number;
  isReleased: boolean;
}

const move = fc.oneof(
  fc.record({ does: fc.constant("enter" as const), cost: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ does: fc.constantFrom("release" as const, "die" as const), which: fc.nat(20) }),
  fc.record({ does: fc.constant("pass" as const), seconds: fc.integer({ min: 1, max: 25 }) }),
);

/** Who lives holds what it took; who died does until the ttl has passed since it was last renewed. */
function isHeld({ since, died, isReleased }: Holder, now: number): boolean {
  if (isReleased) return false;
  if (died === undefined) return true;
  const renewed = since + Math.floor((died - since) / BEAT) * BEAT;
  return now < renewed + TTL;
}

test("never more than N permits are held, and those of dead holders come back exactly at their ttl", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(move, { maxLength: 25, size: "max" }),
      async (limit, moves) => {
        const clock = manualClock();
        const store = memoryStore({ clock });
        const limits = concurrency({ limit, ttl: `${TTL}s` });
        const process = () => rateLimiter({ limits, store });
        const watcher = process();
        const holders: Holder[] = [];
        let now = 0;
        const held = () => holders.reduce((sum, holder) => sum + (isHeld(holder, now) ? holder.cost : 0), 0);
        const look = () => {
          expect(held()).toBeLessThanOrEqual(limit);
          expect(watcher.peekSync("k", { cost: 0 }).remaining).toBe(limit - held());
        };
        for (const each of moves) {
          if (each.does === "pass") {
            for (let second = 0; second < each.seconds; second++) {
              clock.advance("1s");
              now++;
              await flush();
              look();
            }
          } else if (each.does === "enter") {
            const limiter = process();
            const fits = each.cost <= limit - held();
            const permit = await limiter.enter("k", { cost: each.cost }).catch(() => undefined);
            expect(permit !== undefined).toBe(fits);
            if (permit !== undefined)
              holders.push({ cost: each.cost, since: now, permit, limiter, isReleased: false });
          } else if (holders.length > 0) {
            const holder = holders[each.which % holders.length];
            if (each.does === "release" && holder.died === undefined) {
              await holder.permit[Symbol.asyncDispose]();
              holder.isReleased = true;
            } else if (each.does === "die") {
              holder.limiter.close();
              holder.died ??= now;
            }
          }
          look();
        }
      },
    ),
    { numRuns: 100 },
  );
}, 120_000);
