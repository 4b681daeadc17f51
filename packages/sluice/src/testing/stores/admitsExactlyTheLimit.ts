import { tokenBucket } from "../../algorithms/bucket/tokenBucket.ts";
import type { Plan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { freshNamespace } from "./freshNamespace.ts";
import type { StoreCheck } from "./StoreCheck.ts";

const CALLS = 100;

/** Buckets that get nothing back while a test runs. */
const wide = tokenBucket({ capacity: 10, refill: "1/d", name: "wide" });
const narrow = tokenBucket({ capacity: 4, refill: "1/d", name: "narrow" });

export const admitsExactlyTheLimit: StoreCheck = {
  promise: "calls on one key at once admit exactly the limit, and each has an answer of its own",
  async hold({ made: { store } }) {
    const plan: Plan = {
      namespace: freshNamespace(),
      pool: "a",
      limits: [wide, narrow],
      block: { scope: "", duration: 0 },
    };
    const prepared = store.prepare(plan);
    const outcomes = await Promise.all(
      Array.from({ length: CALLS }, () => prepared.decide("key", 1, "consume")),
    );
    const admitted = outcomes.filter(({ allowed }) => allowed);
    mustHold(
      admitted.length === 4,
      () => `${admitted.length} of ${CALLS} calls were admitted, of a limit of 4`,
    );
    const left = admitted.map(({ verdicts }) => verdicts[1].remaining).toSorted((a, b) => b - a);
    mustHold(left.join() === "3,2,1,0", () => `what remained after each of 4 calls was ${left.join()}`);
    const { verdicts } = await prepared.decide("key", 1, "peek");
    mustHold(verdicts[0].remaining === 6, () => `of 10, ${verdicts[0].remaining} remain after 4 calls`);
  },
};
