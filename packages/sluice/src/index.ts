export { adaptive, type AdaptiveOptions } from "./algorithms/adaptive/adaptive.ts";
export { gcra, type GcraOptions } from "./algorithms/bucket/gcra.ts";
export { leakyBucket, type LeakyBucketOptions } from "./algorithms/bucket/leakyBucket.ts";
export { tokenBucket, type TokenBucketOptions } from "./algorithms/bucket/tokenBucket.ts";
export type { AlgorithmName, Details, Limit, LimitOptions } from "./algorithms/Limit.ts";
export { concurrency, type ConcurrencyOptions } from "./algorithms/log/concurrency.ts";
export { slidingLog, type SlidingLogOptions } from "./algorithms/log/slidingLog.ts";
export type { Machine, Params, State, Verdict } from "./algorithms/Machine.ts";
export { type LimitInput, type LimitsInput, readLimits } from "./algorithms/readLimits.ts";
export { fixedWindow, type FixedWindowOptions } from "./algorithms/window/fixedWindow.ts";
export { slidingWindow } from "./algorithms/window/slidingWindow.ts";
export type { WindowOptions } from "./algorithms/window/windowLimit.ts";
export { ConfigurationError } from "./errors/ConfigurationError.ts";
export { checkOptions } from "./errors/checkOptions.ts";
export { nearestWord } from "./errors/nearestWord.ts";
export { RateLimitExceededError } from "./limiter/RateLimitExceededError.ts";
export { type ErrorCode, isSluiceError, type SluiceError } from "./errors/SluiceError.ts";
export { LimitsError } from "./errors/LimitsError.ts";
export { StoreError } from "./errors/StoreError.ts";
export { IdentityError } from "./errors/IdentityError.ts";
export type { ConfigEvent, DegradedEvent, LimiterEvent, StoreErrorPolicy } from "./events/LimiterEvent.ts";
export { type EventListener, eventStream, type EventStream, type Listenable } from "./events/EventStream.ts";
export type {
  CapacityEvent,
  DecisionEvent,
  EventType,
  SluiceEvent,
  SluiceEvents,
  WarningEvent,
} from "./events/SluiceEvent.ts";
export type { Warn, Warning } from "./events/Warning.ts";
export { limited } from "./functions/limited.ts";
export { limitedSync, type LimitedSyncOptions } from "./functions/limitedSync.ts";
export type {
  AnyFunction,
  Limited,
  LimitedBy,
  LimitedCall,
  LimitedOptions,
} from "./functions/LimitedOptions.ts";
export {
  type AsyncMethod,
  type MethodContext,
  rateLimited,
  type RateLimitedDecorator,
} from "./functions/rateLimited.ts";
export { decisionsOf } from "./guard/decisionsOf.ts";
export { guard, type Guard } from "./guard/guard.ts";
export type { GuardOptions, Instead } from "./guard/GuardOptions.ts";
export { login, type Login, type LoginOptions } from "./guard/login.ts";
export type { LimitedRule } from "./guard/limitedRule.ts";
export type { Decided, Passage } from "./guard/Passage.ts";
export type { GivenReply, Reply } from "./headers/Reply.ts";
export type { HeaderStyle, HeaderTemplate } from "./headers/HeaderStyle.ts";
export { type Problem, quotaExceeded, temporaryReducedCapacity } from "./headers/problem.ts";
export { anthropicHeaders } from "./headers/anthropicHeaders.ts";
export { openAiHeaders } from "./headers/openAiHeaders.ts";
export type { HeaderList } from "./headers/HeaderList.ts";
export { type HeaderOptions, rateLimitHeaders } from "./headers/rateLimitHeaders.ts";
export { apiKey } from "./identity/apiKey.ts";
export { clientIp, type ClientIpOptions } from "./identity/clientIp.ts";
export { combine } from "./identity/combine.ts";
export { cookie, type CookieOptions } from "./identity/cookie.ts";
export { custom } from "./identity/custom.ts";
export { firstOf } from "./identity/firstOf.ts";
export { header } from "./identity/header.ts";
export type { Found, Identify, Identity, IdentitySource } from "./identity/Identity.ts";
export type { RequestInfo } from "./identity/RequestInfo.ts";
export type { AccountId } from "./identity/accountId.ts";
export { principal, type Principal } from "./identity/principal.ts";
export { type InSession, session, type SessionOptions } from "./identity/session.ts";
export { trustedProxies } from "./identity/addresses/trustedProxies.ts";
export type { Acquirer } from "./limiter/Acquirer.ts";
export { alwaysDeny } from "./limiter/storeless/alwaysDeny.ts";
export type { Decision, LimitDecision, Reason } from "./limiter/Decision.ts";
export type { FailureOptions } from "./limiter/failure/FailureOptions.ts";
export type { StoreView } from "./limiter/failure/StoreView.ts";
export type { ForeignAnswer } from "./limiter/storeless/ForeignAnswer.ts";
export {
  type AskForeign,
  type ForeignCallOptions,
  foreignLimiter,
  type ForeignLimiter,
} from "./limiter/storeless/foreignLimiter.ts";
export type { Hold, ReserveOptions, Settlement } from "./limiter/holds/Hold.ts";
export type { Inspection, LimitInspection } from "./limiter/Inspection.ts";
export type { Cost, CostOptions, Key, Limiter, SyncLimiter } from "./limiter/Limiter.ts";
export { LimiterClosedError } from "./limiter/LimiterClosedError.ts";
export { noLimit } from "./limiter/storeless/noLimit.ts";
export type {
  Carry,
  LimitsProvider,
  LimitsUpdate,
  SyncLimitsProvider,
} from "./limiter/limits/LimitsUpdate.ts";
export type { Permit } from "./limiter/Permit.ts";
export type { RetryHint } from "./limiter/RetryHint.ts";
export type { WaitOptions } from "./limiter/waiting/WaitOptions.ts";
export { rateLimiter, type RateLimiterOptions } from "./limiter/rateLimiter.ts";
export type { Latency } from "./metrics/Histogram.ts";
export { metrics, type Metrics, type MetricsOptions } from "./metrics/metrics.ts";
export type { MetricsSource } from "./metrics/onMeasured.ts";
export type { OutcomeCount } from "./metrics/OutcomeCounts.ts";
export { type DecisionOutcome, outcomeOf } from "./metrics/outcomeOf.ts";
export type { KeyStats, Offender, Stats } from "./metrics/Stats.ts";
export type { Clients } from "./rules/Clients.ts";
export { type CompiledRule, compileRule } from "./rules/compileRule.ts";
export type { CountOnly } from "./rules/CountOnly.ts";
export type { LimitAnswer, OnLimit, Refusal } from "./rules/OnLimit.ts";
export type { Rule } from "./rules/Rule.ts";
export type { RulesListener, RulesSource } from "./rules/RulesSource.ts";
export type { Clock, Timer } from "./stores/Clock.ts";
export { memoryStore, type MemoryStoreOptions } from "./stores/memory/memoryStore.ts";
export type * from "./stores/Store.ts";
export { storeFromEnv } from "./stores/storeFromEnv.ts";
export type { Duration, DurationString, DurationUnits } from "./units/duration.ts";
export type { Rate, RateString } from "./units/rate.ts";
