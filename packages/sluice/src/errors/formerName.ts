/** What is written here for an option that other rate limiters have. */
export interface Successor {
  readonly option: string;
  readonly sentence: string;
}

const LIMITS: Successor = { option: "limits", sentence: 'amount and time are one text: limits: "100/m"' };
const IDENTIFY: Successor = { option: "identify", sentence: "who is counted is said by identify" };
const ON_LIMIT: Successor = { option: "onLimit", sentence: "what a refusal answers is said by onLimit" };

const HEADERS: Successor = { option: "headers", sentence: "how limits are told is said by headers" };

const SUCCESSORS: ReadonlyMap<string, Successor> = new Map([
  ["windowMs", LIMITS],
  ["max", LIMITS],
  ["points", LIMITS],
  ["duration", LIMITS],
  ["keyGenerator", IDENTIFY],
  ["handler", ON_LIMIT],
  ["message", ON_LIMIT],
  ["statusCode", ON_LIMIT],
  ["standardHeaders", HEADERS],
  ["legacyHeaders", HEADERS],
  ["skipFailedRequests", { option: "countOnly", sentence: 'it is written countOnly: "successful"' }],
  ["skipSuccessfulRequests", { option: "countOnly", sentence: 'it is written countOnly: "failed"' }],
]);

/** Undefined where the name is nobody's, or what took its place is not known here. */
export function formerName(name: string, known: readonly string[]): Successor | undefined {
  const successor = SUCCESSORS.get(name);
  return successor !== undefined && known.includes(successor.option) ? successor : undefined;
}
