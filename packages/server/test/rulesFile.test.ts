import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Limit } from "sluice";
import { readText } from "sluice/file";
import { describe, expect, test } from "vitest";
import { parseSource } from "../src/file/parseSource.ts";
import { readRules, type RulesOptions } from "../src/file/readRules.ts";
import { readServedRules } from "../src/file/readServedRules.ts";
import { RulesFileError } from "../src/file/RulesFileError.ts";
import { temporaryFolder } from "./serving.ts";

function rulesOf(file: string, text: string): RulesOptions {
  return readRules(file, parseSource(file, text));
}

function faultsOf(text: string): string[] {
  try {
    rulesOf("limits.yaml", text);
    return [];
  } catch (error) {
    if (error instanceof RulesFileError) return error.message.split("\n");
    throw error;
  }
}

/** A bad file, and how each line that is told of it begins. */
const BAD: readonly (readonly [what: string, text: string, ...lines: string[]])[] = [
  ["no text", "", "limits.yaml: is empty"],
  ["only comments", "# rules\n", "limits.yaml: is empty"],
  ["a number", "5", "limits.yaml:1:1: must be a map, not 5"],
  ["text", "rules", 'limits.yaml:1:1: must be a map, not "rules"'],
  ["a list", "- path: /a", "limits.yaml:1:1: must be a map, not a list"],
  ["no rules", "namespace: a", 'limits.yaml:1:1: needs "rules"'],
  ["an empty list of rules", "rules: []", "limits.yaml:1:8: rules: needs at least 1 entry"],
  ["rules that are a map", "rules: {}", "limits.yaml:1:8: rules: must be a list, not a map"],
  ["a rule that is text", "rules:\n  - /a", 'limits.yaml:2:5: rules[0]: must be a map, not "/a"'],
  [
    "an unknown member",
    "rule:\n  - path: /a\n",
    'limits.yaml:1:1: needs "rules"',
    'limits.yaml:1:1: rule: there is no "rule" here; did you mean "rules"?',
  ],
  [
    "a misspelt option of a rule",
    "rules:\n  - path: /a\n    limts: 5/m",
    'limits.yaml:3:5: rules[0].limts: there is no "limts" here; did you mean "limits"?',
  ],
  [
    "limits that were forgotten, which would be unlimited",
    "rules:\n  - path: /a\n    limits:\n",
    "limits.yaml:3:12: rules[0].limits: must be text, a map or a list, not nothing",
  ],
  [
    "an empty list of limits",
    "rules: [{ limits: [] }]",
    "limits.yaml:1:19: rules[0].limits: needs at least 1",
  ],
  ["a wrong limit string", "rules: [{ limits: 5/x }]", "limits.yaml:1:19: rules[0].limits: limits takes"],
  [
    "a wrong limit in a list",
    'rules:\n  - limits: [5/m, "5 a minute"]',
    "limits.yaml:2:19: rules[0].limits[1]: limits takes",
  ],
  [
    "an unknown algorithm",
    "rules:\n  - limits: { tokenBuket: { capacity: 1, refill: 1/s } }",
    'limits.yaml:2:15: rules[0].limits.tokenBuket: there is no "tokenBuket" here; did you mean "tokenBucket"?',
  ],
  [
    "two algorithms in one limit",
    "rules:\n  - limits:\n      gcra: { rate: 1/s, burst: 1 }\n      fixedWindow: { limit: 1, window: 1s }",
    "limits.yaml:3:7: rules[0].limits: takes only one of fixedWindow, slidingWindow, slidingLog, tokenBucket, leakyBucket, gcra, concurrency, adaptive, not gcra and fixedWindow at once",
  ],
  [
    "the options of an algorithm without its name",
    "rules:\n  - limits: { limit: 5, window: 1m }",
    "limits.yaml:2:13: rules[0].limits: takes only one of fixedWindow, slidingWindow,",
    'limits.yaml:2:15: rules[0].limits.limit: there is no "limit" here; it takes fixedWindow,',
    'limits.yaml:2:25: rules[0].limits.window: there is no "window" here',
  ],
  [
    "an option that an algorithm has not",
    "rules:\n  - limits:\n      - tokenBucket: { capacity: 1, refil: 1/s }",
    'limits.yaml:3:22: rules[0].limits[0].tokenBucket: needs "refill"',
    'limits.yaml:3:37: rules[0].limits[0].tokenBucket.refil: there is no "refil" here; did you mean "refill"?',
  ],
  [
    "half a token",
    "rules: [{ limits: { tokenBucket: { capacity: 1.5, refill: 1/s } } }]",
    "limits.yaml:1:46: rules[0].limits.tokenBucket.capacity: must be a whole number, not 1.5; the nearest is 2",
  ],
  [
    "not a number",
    "rules: [{ limits: { fixedWindow: { limit: .nan, window: 1s } } }]",
    "limits.yaml:1:43: rules[0].limits.fixedWindow.limit: must be a whole number, not NaN",
  ],
  [
    "too much",
    "rules: [{ limits: { fixedWindow: { limit: 1e10, window: 1s } } }]",
    "limits.yaml:1:43: rules[0].limits.fixedWindow.limit: must be at most 1000000000, not 10000000000",
  ],
  [
    "a rate without a time",
    "rules: [{ limits: { leakyBucket: { capacity: 1, leak: 5 } } }]",
    "limits.yaml:1:55: rules[0].limits.leakyBucket.leak: must be text, a map or a list, not 5",
  ],
  [
    "a rate in a list",
    "rules: [{ limits: { gcra: { rate: [1/s, 5/q], burst: 1 } } }]",
    "limits.yaml:1:41: rules[0].limits.gcra.rate[1]: gcra rate[1] must be a rate",
  ],
  [
    "a window that is too long",
    "rules: [{ limits: { slidingWindow: { limit: 1, window: 400d } } }]",
    "limits.yaml:1:56: rules[0].limits.slidingWindow.window: slidingWindow window must be a duration",
  ],
  [
    "a unit of time in the plural",
    "rules: [{ limits: { slidingWindow: { limit: 1, window: { minute: 1 } } } }]",
    'limits.yaml:1:58: rules[0].limits.slidingWindow.window.minute: there is no "minute" here; did you mean "minutes"?',
  ],
  [
    "a log that is too long",
    "rules: [{ limits: { slidingLog: { limit: 5000, window: 1m } } }]",
    "limits.yaml:1:42: rules[0].limits.slidingLog.limit: slidingLog keeps an entry a call",
  ],
  [
    "an adaptive limit without its loadLimit",
    "rules: [{ limits: { adaptive: { limit: 5, window: 1m, load: shared } } }]",
    "limits.yaml:1:19: rules[0].limits: adaptive loadLimit must be given",
  ],
  [
    "two limits that cannot be told apart",
    "rules: [{ limits: [5/m, 5/m] }]",
    "limits.yaml:1:20: rules[0].limits[0]: limits 1 and 2 (5/m) cannot be told apart",
  ],
  [
    "a path without a slash",
    "rules: [{ path: login }]",
    'limits.yaml:1:17: rules[0].path: "login" is no path pattern',
  ],
  [
    "a path of another router",
    'rules: [{ path: "/user/{id}" }]',
    'limits.yaml:1:17: rules[0].path: "/user/{id}" is no',
  ],
  [
    "a regular expression that is none",
    'rules: [{ path: { regexp: "(" } }]',
    "limits.yaml:1:17: rules[0].path: Invalid regular expression",
  ],
  [
    "a path that is a map",
    "rules: [{ path: { regex: /a } }]",
    'limits.yaml:1:17: rules[0].path: needs "regexp"',
    "limits.yaml:1:19: rules[0].path.regex: there is no",
  ],
  [
    "a method that is none",
    "rules: [{ method: PO ST }]",
    "limits.yaml:1:19: rules[0].method: a rule's method",
  ],
  ["no methods", "rules: [{ method: [] }]", "limits.yaml:1:19: rules[0].method: needs at least 1 entry"],
  ["an empty group", 'rules: [{ group: "" }]', "limits.yaml:1:18: rules[0].group: group must be"],
  ["a pool with an umlaut", "rules: [{ pool: büro }]", "limits.yaml:1:17: rules[0].pool: pool must be"],
  [
    "a cost by limits where there are none",
    "rules: [{ path: /a, cost: { q: 2 } }]",
    'limits.yaml:1:29: rules[0].cost.q: no limit is called "q"; there are none',
  ],
  [
    "a negative cost",
    "rules: [{ limits: 5/m, cost: -1 }]",
    "limits.yaml:1:30: rules[0].cost: must be at least 0, not -1",
  ],
  [
    "a cost for a limit that is not there",
    "rules: [{ limits: [5/m, 9/h], cost: { 8/h: 2 } }]",
    'limits.yaml:1:39: rules[0].cost["8/h"]: no limit is called "8/h"; they are "5/m", "9/h"',
  ],
  [
    "a block that is no duration",
    "rules: [{ limits: 5/m, blockFor: soon }]",
    "limits.yaml:1:34: rules[0].blockFor: blockFor must be",
  ],
  [
    "a scope that is none",
    "rules: [{ limits: 5/m, blockScope: rul }]",
    'limits.yaml:1:36: rules[0].blockScope: must be one of namespace, pool, rule, not "rul"; did you mean "rule"?',
  ],
  [
    "a switch that is text",
    "rules: [{ limits: 5/m, dryRun: yes }]",
    'limits.yaml:1:32: rules[0].dryRun: must be true or false, not "yes"',
  ],
  [
    "a style of headers that is none",
    "headers: draft11\nrules: [{}]",
    'limits.yaml:1:10: headers: must be one of draft-11, draft-7, draft-6, legacy, none, not "draft11"; did you mean "draft-11"?',
  ],
  [
    "a name that no header can have",
    "headers: { limit: x limit }\nrules: [{}]",
    "limits.yaml:1:19: headers.limit: rateLimit.headers limit must be",
  ],
  [
    "an empty namespace",
    'namespace: ""\nrules: [{}]',
    "limits.yaml:1:12: namespace: rateLimit namespace must be",
  ],
  [
    "a policy that is none",
    "onMissingIdentity: trow\nrules: [{}]",
    'limits.yaml:1:20: onMissingIdentity: must be one of throw, skip, shared, not "trow"; did you mean "throw"?',
  ],
  [
    "a source that is none",
    "identify: clientip\nrules: [{}]",
    'limits.yaml:1:11: identify: must be one of clientIp, apiKey, not "clientip"; did you mean "clientIp"?',
  ],
  [
    "an empty list of sources",
    "identify: []\nrules: [{}]",
    "limits.yaml:1:11: identify: needs at least 1 entry",
  ],
  [
    "a header that cannot be one",
    "identify: [clientIp, { header: a b }]\nrules: [{}]",
    "limits.yaml:1:32: identify[1].header: header needs the name of a header",
  ],
  [
    "one source combined",
    "identify: { combine: [apiKey] }\nrules: [{}]",
    "limits.yaml:1:22: identify.combine: needs at least 2 entries, not 1",
  ],
  [
    "a proxy that is no address (16)",
    "identify: [{ clientIp: { trustedProxies: [10.0.0.0/33] } }]\nrules: [{}]",
    "limits.yaml:1:43: identify[0].clientIp.trustedProxies[0]: clientIp trustedProxies needs an address",
  ],
  [
    "trust in everybody (16)",
    "identify: [{ clientIp: { trustedProxies: [0.0.0.0/0] } }]\nrules: [{}]",
    "limits.yaml:1:42: identify[0].clientIp.trustedProxies: clientIp trustedProxies",
  ],
  [
    "a list of nobody",
    "rules: [{ deny: {} }]",
    "limits.yaml:1:17: rules[0].deny: is empty; it takes one of keys, addresses",
  ],
  [
    "a range that is none, for all rules",
    "deny: { addresses: [10.0.0.0/33] }\nrules: [{}]",
    "limits.yaml:1:21: deny.addresses[0]: rateLimit.deny needs an address or a CIDR",
  ],
  [
    "a range that is none, for one",
    "rules:\n  - { limits: 1/m, allow: { addresses: [10.0.0.1, 010.0.0.1] } }",
    "limits.yaml:2:51: rules[0].allow.addresses[1]: ",
  ],
  [
    "what needs the answer of the route",
    "rules: [{ limits: 1/m, countOnly: failed }]",
    'limits.yaml:1:24: rules[0].countOnly: there is no "countOnly" here',
  ],
  [
    "a rule that no request reaches",
    "rules:\n  - path: /a/**\n  - path: /a/b\n    limits: 1/m",
    "limits.yaml:3:5: rules[1]: (* /a/b) can never decide: rules[0] (* /a/**) stands before it",
  ],
  [
    "a member called __proto__ (26)",
    "__proto__: { path: /a }\nrules: [{}]",
    "limits.yaml:1:1: __proto__: there is no",
  ],
  ["a name twice", "rules: [{}]\nrules: [{}]", "limits.yaml:2:1: Map keys must be unique"],
  ["a quote that is not closed", "rules:\n  - path: '/a\n", "limits.yaml:3:1: Missing closing 'quote"],
  ["tabs for indentation", "rules:\n\t- path: /a", "limits.yaml:2:1: "],
  ["two documents", "rules: [{}]\n---\nrules: [{}]", "limits.yaml:2:1: Source contains multiple documents"],
  ["a tag", "rules: [{ path: !js /a }]", "limits.yaml:1:17: Unresolved tag: !js"],
  ["a key that is a list", "[a, b]: 1\nrules: [{}]", "limits.yaml:1:1: "],
  ["an alias without an anchor", "rules:\n  - limits: *none", "limits.yaml:2:13: Unresolved alias"],
  ["a merge of a number", "rules:\n  - path: /a\n    <<: 5\n", "limits.yaml:3:9: Merge sources must be maps"],
  [
    "a merge of a list that an anchor holds",
    "rules:\n  - method: &m [GET]\n  - <<: *m\n",
    "limits.yaml:3:9: Merge sources must be maps",
  ],
  ["an anchor that contains itself", "rules: &a [*a]", "limits.yaml: nests more than"],
  ["an alias bomb", aliasBomb(), "limits.yaml:9:50: Excessive alias count"],
  ["brackets without end", "[".repeat(100_000), "limits.yaml: nests too deeply"],
  [
    "brackets nested too deeply",
    `${"[".repeat(100)}${"]".repeat(100)}`,
    "limits.yaml: nests more than 40 levels",
  ],
  [
    "too many values",
    `rules:\n${"  - path: /a\n".repeat(30_000)}`,
    "limits.yaml: holds more than 50000 values",
  ],
];

function aliasBomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 9; i++)
    lines.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  return lines.join("\n");
}

describe("a bad file names file, line, column and path of everything that is wrong", () => {
  test.each(BAD)("%s", (_what, text, ...lines) => {
    const faults = faultsOf(text);
    expect(faults.map((fault, i) => fault.slice(0, lines[i]?.length))).toEqual(lines);
  });

  test("all faults are told at once, in the order of the file, the first twenty of them", () => {
    const faults = faultsOf(`rules:\n${"  - { limits: 5/x, blockFor: x }\n".repeat(15)}`);
    expect(faults).toHaveLength(21);
    expect(faults.slice(0, 2)).toEqual([
      expect.stringContaining("limits.yaml:2:15: rules[0].limits: "),
      expect.stringContaining("limits.yaml:2:30: rules[0].blockFor: "),
    ]);
    expect(faults[20]).toBe("limits.yaml: and 10 more");
  });

  test("a fault in what an anchor holds is told where it is written", () => {
    const faults = faultsOf(
      "rules:\n  - &a { path: /a, limits: 5/x }\n  - { <<: *a, path: /b }\n  - limits: 5/y",
    );
    expect(faults).toEqual([
      expect.stringContaining("limits.yaml:2:28: rules[0].limits: "),
      expect.stringContaining("limits.yaml:2:28: rules[1].limits: "),
      expect.stringContaining("limits.yaml:4:13: rules[2].limits: "),
    ]);
  });
});

describe("a good file", () => {
  test("says all that a program can say", () => {
    const { rules, identify, ...shared } = rulesOf(
      "limits.yaml",
      `
namespace: shop
headers: { limit: "x-limit-{name}", resetAs: unix }
partitionKey: true
exposeHeaders: true
onMissingIdentity: shared
dryRun: true
allow: { addresses: [10.0.0.0/8] }
deny: { keys: ["ip:203.0.113.9"] }
identify:
  - apiKey: x-api-key
  - apiKey
  - header: x-tenant
  - combine: [{ header: x-a }, { firstOf: [apiKey, clientIp] }]
  - clientIp: { trustedProxies: [10.0.0.0/8], header: forwarded, ipv6Prefix: 56, publicOnly: true }
rules:
  - { path: /a/:b/**, method: [GET, post], group: [x, y], limits: 5/m, pool: p, cost: 2, blockFor: { minutes: 1 }, blockScope: rule, dryRun: true, allow: { keys: [k] }, deny: { addresses: ["::1"] } }
  - path: { regexp: "^/towns" }
    limits:
      - 10 per 5 minutes
      - fixedWindow: { limit: 1, window: 1s, anchor: first-call, name: fixed, countDenied: true, dryRun: true }
      - slidingWindow: { limit: 1, window: 2s }
      - slidingLog: { limit: 1, window: 3s, maxEntries: 10 }
      - tokenBucket: { capacity: 1, refill: [1/s, { amount: 5, per: 1h }] }
      - leakyBucket: { capacity: 1, leak: 5/m }
      - gcra: { burst: 1, rate: 7/h }
      - adaptive: { limit: 1, window: 4s, burstMultiplier: 3, loadWindow: 1m, highLoad: 0.9, lowLoad: 0.1, penalty: 0.2, load: shared, loadLimit: 5/s, hardLimit: 9 }
      - concurrency: { limit: 5, ttl: 30s, name: running, dryRun: true }
    cost: { fixed: 3 }
`,
    );
    expect(shared).toEqual({
      namespace: "shop",
      headers: { limit: "x-limit-{name}", resetAs: "unix" },
      partitionKey: true,
      exposeHeaders: true,
      onMissingIdentity: "shared",
      dryRun: true,
      allow: { addresses: ["10.0.0.0/8"] },
      deny: { keys: ["ip:203.0.113.9"] },
    });
    expect(identify).toHaveLength(5);
    expect(rules[0]).toEqual({
      path: "/a/:b/**",
      method: ["GET", "post"],
      group: ["x", "y"],
      limits: ["5/m"],
      pool: "p",
      cost: 2,
      blockFor: { minutes: 1 },
      blockScope: "rule",
      dryRun: true,
      allow: { keys: ["k"] },
      deny: { addresses: ["::1"] },
    });
    expect(rules[1]).toMatchObject({ path: /^\/towns/, cost: { fixed: 3 } });
    expect((rules[1].limits as readonly (Limit & string)[]).map((limit) => limit.algorithm)).toEqual([
      undefined,
      "fixed-window",
      "sliding-window",
      "sliding-log",
      "token-bucket",
      "leaky-bucket",
      "gcra",
      "adaptive",
      "concurrency",
    ]);
  });

  test("may be JSON, indented with tabs", () => {
    const json = JSON.stringify({ rules: [{ path: "/a", limits: ["10/s", "200/m"] }] }, undefined, "\t");
    expect(rulesOf("limits.json", json).rules).toEqual([{ path: "/a", limits: ["10/s", "200/m"] }]);
  });

  test("may have a byte order mark, anchors, aliases and merge keys", () => {
    const text =
      "\uFEFFrules:\n  - &a { path: /a, limits: &l 5/m }\n  - { <<: *a, path: /b }\n  - { limits: *l }\n";
    expect(rulesOf("limits.yaml", text).rules).toEqual([
      { path: "/a", limits: ["5/m"] },
      { path: "/b", limits: ["5/m"] },
      { limits: ["5/m"] },
    ]);
  });

  test("is the example, all of it", () => {
    const file = new URL("../../../examples/limits.yaml", import.meta.url);
    expect(rulesOf("limits.yaml", readFileSync(file, "utf8")).rules.length).toBeGreaterThan(5);
  });
});

test("sluice serve takes no limits on concurrency, and tells where they stand", () => {
  const text = `rules:
  - { path: /a, limits: [5/m, concurrency: { limit: 5 }] }
  - { path: /b, limits: { concurrency: { limit: 5 } } }
`;
  expect(rulesOf("limits.yaml", text).rules).toHaveLength(2);
  const reason =
    "counts what runs at once, and sluice serve is not told when a request has ended; limit that in the application";
  const told = (() => {
    try {
      return readServedRules("limits.yaml", text, []);
    } catch (error) {
      return (error as RulesFileError).message.split("\n");
    }
  })();
  expect(told).toEqual([
    `limits.yaml:2:31: rules[0].limits[1]: ${reason}`,
    `limits.yaml:3:25: rules[1].limits: ${reason}`,
  ]);
  expect(readServedRules("limits.yaml", "rules: [{ path: /free }, { limits: 5/m }]", []).rules).toHaveLength(
    2,
  );
});

describe("a file that cannot be read", () => {
  test.each([
    ["is not there", "nowhere.yaml", undefined, "cannot be read: there is no such file"],
    ["is a folder", ".", undefined, "cannot be read: it is no regular file"],
    ["is not UTF-8", "bad.yaml", Uint8Array.of(0x61, 0xff, 0xfe), "is not UTF-8 text"],
    [
      "is over 1 MB",
      "big.yaml",
      "#".repeat(1_000_001),
      "is 1000001 bytes long; a rules file has at most 1 MB",
    ],
  ])("%s", async (_what, name, content, reason) => {
    const file = join(temporaryFolder(), name);
    if (content !== undefined) await writeFile(file, content);
    await expect(readText(file)).rejects.toThrow(`${file}: ${reason}`);
  });
});
