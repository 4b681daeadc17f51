import type { LimitedRule } from "sluice";
import { countRules } from "../rules/countRules.ts";
import type { RuleSet } from "../rules/RuleSet.ts";
import type { Serving } from "./serve.ts";
import type { ServeOptions } from "./ServeOptions.ts";
import { storePlace } from "./storePlace.ts";

/** How many rules are shown as commands. */
const MOST_SHOWN = 3;

/** What is printed once the server runs: where it listens, what it holds, and what to try. */
export function introduction(
  file: string,
  { store, watch }: ServeOptions,
  { url, adminUrl, rules }: Serving,
): string {
  const set = rules();
  const place = store === "memory" ? "memory, which forgets when it ends" : storePlace(store);
  return [
    `sluice serves ${file}: ${countRules(set)}${watch ? ", read again when it changes" : ""}.`,
    "",
    `  requests  ${url}`,
    `  admin     ${adminUrl}  (/healthz, /metrics, POST /v1/consume)`,
    `  store     ${place}`,
    "",
    "Try, several times:",
    "",
    ...commands(set, url, adminUrl).map((command) => `  ${command}`),
    "",
    "Ctrl-C ends it.",
  ].join("\n");
}

function commands({ guard, names }: RuleSet, url: string, adminUrl: string): readonly string[] {
  const limited = guard.rules.filter(({ rule }) => rule.limits.length > 0);
  const shown = limited.flatMap(requestFor).slice(0, MOST_SHOWN);
  const body = JSON.stringify({
    rule: limited.length > 0 ? names[limited[0].rule.index] : 0,
    key: "user:42",
  });
  return [
    ...shown.map((request) => `curl -i ${request.replace("{url}", url)}`),
    `curl -i ${adminUrl}/v1/consume -H 'content-type: application/json' -d ${quote(body)}`,
    `curl -s ${adminUrl}/metrics`,
  ];
}

/** A request that the rule fits, unless it is a regular expression or asks for a group. */
function requestFor({ rule }: LimitedRule): readonly string[] {
  if (rule.groups !== undefined || !rule.path.matches(pathFor(rule.path.text))) return [];
  const method = rule.methods.has("GET") ? "" : `-X ${rule.methods.text.split(",")[0]} `;
  return [`${method}${quote(`{url}${pathFor(rule.path.text)}`)}`];
}

function pathFor(pattern: string): string {
  const segments = pattern.split("/").filter((segment) => segment !== "**");
  return (
    segments.map((segment) => (segment === "*" || segment.startsWith(":") ? "1" : segment)).join("/") || "/"
  );
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\w/:.@%+,-]+$|^\{url\}[\w/:.@%+,-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
