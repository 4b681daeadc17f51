import { greatestCommonDivisor } from "../../units/greatestCommonDivisor.ts";
import { type Rate, type ReducedRate, reduceRate } from "../../units/rate.ts";
import { rateText } from "../../units/rateText.ts";
import { finestTick } from "../finestTick.ts";
import type { Details, Limit, LimitOptions } from "../Limit.ts";
import type { State } from "../Machine.ts";
import { checkAmount } from "../checkAmount.ts";
import { checkLimitOptions, makeLimit } from "../makeLimit.ts";
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
export function bucketLimit(face: BucketFace, options: LimitOptions): Limit<BucketParams> {
  const { owner } = face;
  checkLimitOptions(owner, options, [face.capacity, face.rate]);
  const given = options as Record<string, unknown>;
  const capacity = checkAmount(owner, face.capacity, given[face.capacity]);
  return bucketOf(face, options, capacity, reduceRate(`${owner} ${face.rate}`, given[face.rate] as Rate));
}

function bucketOf(
  face: BucketFace,
  options: LimitOptions,
  capacity: number,
  rate: ReducedRate,
): Limit<BucketParams> {
  const { amount, periodMs } = rate;
  return makeLimit(options, {
    algorithm: face.algorithm,
    text: rateText(rate),
    limit: capacity,
    windowMs: Math.ceil((capacity * periodMs * 1000) / amount) / 1000,
    periodMs,
    machine: bucket,
    params: bucketParams(`${face.owner} ${face.capacity}`, capacity, rate),
    details: face.details,
    share: (replicas) =>
      bucketOf(face, options, Math.ceil(capacity / replicas), { amount, periodMs: periodMs * replicas }),
  });
}

/** Twice full, in units and in microseconds, is the worst intermediate: it stays below 2^53. */
const FULLEST = 2n ** 52n - 1n;

/** The integers of a bucket. The level is at most full, and so is a cost. */
function bucketParams(owner: string, capacity: number, { amount, periodMs }: ReducedRate): BucketParams {
  const unitIn = (tick: number) => {
    const period = periodMs * (1000 / tick);
    return Number.isSafeInteger(period) ? period / greatestCommonDivisor(amount, period) : Infinity;
  };
  const worst = (tick: bigint) => {
    const unit = unitIn(Number(tick));
    const full = unit === Infinity ? FULLEST + 1n : BigInt(capacity) * BigInt(unit);
    const fillTime = (BigInt(capacity) * BigInt(periodMs) * 1000n) / BigInt(amount);
    return 2n * (full > fillTime ? full : fillTime);
  };
  const nearest = () => {
    const byUnit = FULLEST / BigInt(unitIn(1000));
    const byFillTime = ((FULLEST + 1n) * BigInt(amount) - 1n) / (BigInt(periodMs) * 1000n);
    return Number(byUnit < byFillTime ? byUnit : byFillTime);
  };
  const tick = finestTick(owner, capacity, worst, nearest);
  return {
    capacity,
    unit: unitIn(tick),
    rate: amount / greatestCommonDivisor(amount, periodMs * (1000 / tick)),
    tick,
  };
}
