import {
  adaptive,
  concurrency,
  ConfigurationError,
  fixedWindow,
  gcra,
  leakyBucket,
  type Limit,
  type LimitInput,
  nearestWord,
  slidingLog,
  slidingWindow,
  tokenBucket,
} from "sluice";

const ALGORITHMS = {
  fixedWindow,
  slidingWindow,
  slidingLog,
  tokenBucket,
  leakyBucket,
  gcra,
  adaptive,
  concurrency,
};
const NAMES = Object.keys(ALGORITHMS);

/**
 * A limit from data: a limit string stays one, `{ tokenBucket: { capacity: 10, refill: "5/s" } }` becomes the limit.
 * @throws ConfigurationError
 */
export function limitOf(data: unknown): LimitInput {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return data as LimitInput;
  const [name = "", ...others] = Object.keys(data);
  if (others.length > 0 || !NAMES.includes(name)) throw unknownAlgorithm(data, name, others.length);
  const make = ALGORITHMS[name as keyof typeof ALGORITHMS] as (options: unknown) => Limit;
  return make((data as Record<string, unknown>)[name]);
}

function unknownAlgorithm(data: unknown, name: string, others: number): ConfigurationError {
  const nearest = others > 0 ? undefined : nearestWord(name, NAMES);
  const message = `a limit is text such as "100/m", or a map of one algorithm (${NAMES.join(", ")}) with its options`;
  const hint = nearest === undefined ? "" : `; did you mean ${JSON.stringify(nearest)}?`;
  return new ConfigurationError("INVALID_LIMIT", `${message}${hint}`, { value: data, nearest });
}
