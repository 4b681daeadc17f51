import { tokenBucket } from "../../algorithms/bucket/tokenBucket.ts";
import type { Act, PreparedPlan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import type { StoreCheck } from "./StoreCheck.ts";

const CALLS = 600;
const CAPACITY = 500;
const BOOKINGS = 20;
const A_MINUTE = 60_000_000;

/** Gets nothing back while a test runs. */
const bucket = tokenBucket({ capacity: CAPACITY, refill: "1/d" });
/** One slot a second. */
const slots = tokenBucket({ capacity: 1, refill: "1/s" });

export const keepsOrder: StoreCheck = {
  promise: "what one turn asks of one key is done in the order in which it was asked for",
  async hold({ made: { store } }) {
    const place = { namespace: freshNamespace(), block: { scope: "", duration: 0 } };
    await callsKeepOrder(store.prepare({ ...place, pool: "calls", limits: [bucket] }));
    await bookingsKeepOrder(store.prepare({ ...place, pool: "slots", limits: [slots] }));
  },
};

/** Costs of 1 and 2 in turn, so that none joins the one before it. */
async function callsKeepOrder(plan: PreparedPlan): Promise<void> {
  const costs = Array.from({ length: CALLS }, (_, i) => 1 + (i % 2));
  const outcomes = await Promise.all(costs.map((cost) => plan.decide("key", cost, "consume")));
  let left = CAPACITY;
  for (const [i, { allowed, verdicts }] of outcomes.entries()) {
    const fits = costs[i] <= left;
    if (fits) left -= costs[i];
    const answer = `${allowed ? "admitted" : "refused"}, ${verdicts[0].remaining} remaining`;
    mustHold(
      allowed === fits && verdicts[0].remaining === left,
      () => `call ${i} of ${CALLS} was ${answer}; in its place it finds ${left}`,
    );
  }
}

async function bookingsKeepOrder(plan: PreparedPlan): Promise<void> {
  const book: Act = { does: "book", costs: 1, most: A_MINUTE };
  const booked = await Promise.all(Array.from({ length: BOOKINGS }, () => plan.act("key", book)));
  const waits = booked.map(({ verdicts }) => verdicts[0].wait);
  const isOrdered = waits.every((wait, i) => i === 0 || wait > waits[i - 1]);
  mustHold(isOrdered, () => `slots that were booked one after the other come after ${waits.join(", ")} us`);
}
