import { greatestCommonDivisor, type Rate, type ReducedRate, reduceRate } from "../../units/rate.ts";
import { rateText } from "../../units/rateText.ts";
import { finestTick } from "../exactness.ts";
import type { Details, Limit, LimitOptions } from "../Limit.ts";
import type { State } from "../Machine.ts";
import { checkAmount, checkLimitOptions, makeLimit } from "../makeLimit.ts";
import { bucket, type BucketParams } from "./step.ts";

/** One of the faces of the bucket: how it is called, and what its options and its level are called. */
export interface BucketFace {
  algorithm: "token-bucket" | "leaky-bucket" | "gcra";
  /** The function that users call, for messages. */
  owner: string;
  capacity: string;
  rate: string;
  details: (params: BucketParams, state: State) => Details;
}

/** Reads the options of a face and reduces them to the integers of the step. */
export function bucketLimit(face: BucketFace, options: LimitOptions & Record<string, unknown>): Limit<BucketParams> {
  const { algorithm, owner, details } = face;
  checkLimitOptions(owner, options, [face.capacity, face.rate]);
  const capacity = checkAmount(owner, face.capacity, options[face.capacity]);
  const rate = reduceRate(`${owner} ${face.rate}`, options[face.rate] as Rate);
  const params = bucketParams(`${owner} ${face.capacity}`, capacity, rate);
  return makeLimit(options, {
    algorithm,
    text: rateText(rate),
    limit: capacity,
    windowMs: (capacity * rate.periodMs) / rate.amount,
    periodMs: rate.periodMs,
    machine: bucket,
    params,
    details,
  });
}

/** The integers of a bucket. The level is at most full, and so is a cost: twice full is the worst intermediate. */
function bucketParams(owner: string, capacity: number, { amount, periodMs }: ReducedRate): BucketParams {
  const unitIn = (tick: number) => periodMs * (1000 / tick) / greatestCommonDivisor(amount, periodMs * (1000 / tick));
  const worst = (tick: bigint) => {
    const full = BigInt(capacity) * BigInt(unitIn(Number(tick)));
    const fillTime = (BigInt(capacity) * BigInt(periodMs) * 1000n) / BigInt(amount);
    return 2n * (full > fillTime ? full : fillTime);
  };
  const nearest = () => Math.floor(Math.min(2 ** 52 / unitIn(1000), (2 ** 52 / (periodMs * 1000)) * amount));
  const tick = finestTick(owner, capacity, worst, nearest);
  const period = periodMs * (1000 / tick);
  return { capacity, unit: unitIn(tick), rate: amount / greatestCommonDivisor(amount, period), tick };
}
