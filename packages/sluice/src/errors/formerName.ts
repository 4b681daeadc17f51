/** What is written here for an option that other rate limiters have, or that stands in another place. */
export interface Successor {
  readonly option: string;
  readonly sentence: string;
}

/** Names, the option that took their place, and what is told. Of several that fit the first whose option is known. */
const SUCCESSORS: readonly (readonly [names: string, option: string, sentence: string])[] = [
  [
    "windowMs max points duration timeWindow ttl limiter throttlers",
    "limits",
    'amount and time are one text: limits: "100/m"',
  ],
  ["identifier", "limits", 'a limit has the name: slidingWindow({ limit: 100, window: "1m", name: "api" })'],
  ["countDenied", "limits", 'a limit has it: slidingWindow({ limit: 100, window: "1m", countDenied: true })'],
  ["keyGenerator getTracker", "identify", "who is counted is said by identify"],
  [
    "trustProxy trustedProxies ipv6Subnet ipv6Prefix",
    "identify",
    "addresses are read by identify: clientIp({ trustedProxies, ipv6Prefix })",
  ],
  [
    "handler message statusCode errorMessage errorResponseBuilder onExceeded onBanReach",
    "onLimit",
    "what a refusal answers is said by onLimit",
  ],
  [
    "standardHeaders legacyHeaders enableDraftSpec addHeaders addHeadersOnExceeding disableHeader setHeaders",
    "headers",
    "how limits are told is said by headers",
  ],
  ["skipFailedRequests", "countOnly", 'it is written countOnly: "successful"'],
  ["skipSuccessfulRequests", "countOnly", 'it is written countOnly: "failed"'],
  ["passOnStoreError skipOnError", "onStoreError", 'it is written onStoreError: "open"'],
  ["insuranceLimiter", "onStoreError", 'it is the default, onStoreError: "local", with replicas'],
  ["prefix keyPrefix", "namespace", "applications are kept apart by namespace"],
  ["redis db storeClient storage", "store", "a client is handed over in a store: store: redisStore(client)"],
  ["allowList whitelist", "allow", "it is written allow: { keys, addresses }, or skip for a function"],
  ["blacklist", "deny", "it is written deny: { keys, addresses }"],
  ["logger", "onWarning", "warnings are told to onWarning"],
  ["groupId", "pool", 'rules that count together have one pool: pool: "api"'],
  ["groupId pool", "rules", 'a rule has it: rules: [{ limits: "100/m", pool: "api" }]'],
  ["ban blockDuration", "blockFor", 'it is written blockFor: "15m"'],
  [
    "ban blockDuration blockFor blockScope path method group",
    "rules",
    'a rule has it: rules: [{ path: "/login", limits: "5/m", blockFor: "15m" }]',
  ],
];

/** Undefined where the name is nobody's, or what took its place is not known here. */
export function formerName(name: string, known: readonly string[]): Successor | undefined {
  const found = SUCCESSORS.find(
    ([names, option]) => names.split(" ").includes(name) && known.includes(option),
  );
  return found && { option: found[1], sentence: found[2] };
}
