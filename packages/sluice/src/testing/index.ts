export type {
  AdapterUnderTest,
  Answered,
  Application,
  ListenAt,
  Served,
} from "./adapters/AdapterUnderTest.ts";
export type { FastCheck } from "./loadFastCheck.ts";
export { manualClock, type ManualClock } from "./manualClock.ts";
export { adaptiveModel, type AdaptiveModelOptions } from "./models/adaptiveModel.ts";
export type { ModelRate } from "./models/bucketLevel.ts";
export { bucketModel, type BucketModelOptions } from "./models/bucketModel.ts";
export { fixedWindowModel, type FixedWindowModelOptions } from "./models/fixedWindowModel.ts";
export type { Call, Model } from "./models/Model.ts";
export { slidingLogModel, type SlidingLogModelOptions } from "./models/slidingLogModel.ts";
export { slidingWindowModel, type SlidingWindowModelOptions } from "./models/slidingWindowModel.ts";
export type { Runner } from "./Runner.ts";
export type { MakeStore, StoreUnderTest } from "./stores/StoreUnderTest.ts";
export { testAdapter } from "./testAdapter.ts";
export { type AlgorithmUnderTest, testAlgorithm } from "./testAlgorithm.ts";
export { type StoreSuiteOptions, testStore } from "./testStore.ts";
