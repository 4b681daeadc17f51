import type { Arbitrary } from "fast-check";
import type { Limit } from "../../src/algorithms/Limit.ts";
import { type AlgorithmUnderTest, bucketModel } from "../../src/testing/index.ts";
import type { FastCheck } from "../../src/testing/loadFastCheck.ts";
import { randomAmount } from "./randomAmount.ts";
import { randomWindow } from "./randomWindow.ts";

/** The numbers of a bucket, whatever they are called: rates are summed. */
export interface BucketNumbers {
  capacity: number;
  rates: { amount: number; per: number }[];
}

/** What the three faces of the bucket have in common. */
export function bucketCases(
  name: string,
  algorithm: (numbers: BucketNumbers) => Limit,
  mostRates: number,
): AlgorithmUnderTest<BucketNumbers> {
  return {
    name,
    algorithm,
    limits: (fc) =>
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ capacity: randomAmount(fc), rates: randomRates(fc, mostRates) }),
        },
        { weight: 1, arbitrary: coarseBucket(fc) },
      ),
    model({ capacity, rates }, { params: { tick } }) {
      return bucketModel({
        capacity,
        rates: rates.map(({ amount, per }) => ({ amount, periodMs: per })),
        tick,
      });
    },
    changes({ rates }, fc) {
      const amounts = rates.map(({ per }) =>
        fc.record({ amount: randomAmount(fc, 1), per: fc.constant(per) }),
      );
      return fc.record({ capacity: randomAmount(fc), rates: fc.tuple(...amounts) });
    },
  };
}

function randomRates(fc: FastCheck, most: number): Arbitrary<BucketNumbers["rates"]> {
  return fc.array(fc.record({ amount: randomAmount(fc, 1), per: randomWindow(fc) }), {
    minLength: 1,
    maxLength: most,
  });
}

/** Buckets that are too fine for ticks of a microsecond. */
function coarseBucket(fc: FastCheck): Arbitrary<BucketNumbers> {
  const amount = fc.integer({ min: 1000, max: 100_000 });
  const rate = fc.record({ amount, per: fc.integer({ min: 100_000_000, max: 366 * 86_400_000 }) });
  return fc.record({ capacity: amount, rates: fc.tuple(rate) });
}
