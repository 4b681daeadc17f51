import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { LIMIT, WINDOW_MS } from "./setting.ts";

const limiter = new RateLimiterMemory({ points: LIMIT, duration: WINDOW_MS / 1000 });
const POLICY = `"default";q=${LIMIT};w=${WINDOW_MS / 1000}`;

/**
 * rate-limiter-flexible as its guide uses it, with the two fields that Sluice sends.
 * @returns whether the request may go on
 */
export async function byHand(
  key: string,
  setHeader: (name: string, value: string) => unknown,
): Promise<boolean> {
  let answer: RateLimiterRes;
  let passes = true;
  try {
    answer = await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    answer = refusal;
    passes = false;
    setHeader("Retry-After", `${Math.ceil(answer.msBeforeNext / 1000)}`);
  }
  setHeader("RateLimit-Policy", POLICY);
  setHeader("RateLimit", `"default";r=${answer.remainingPoints};t=${Math.ceil(answer.msBeforeNext / 1000)}`);
  return passes;
}
