import { ConfigurationError, type Limit, type LimitInput, type Rule } from "sluice";
import { parseSource } from "./parseSource.ts";
import { readRules, type RulesOptions } from "./readRules.ts";
import { type Path, RulesFileError } from "./RulesFileError.ts";

/**
 * What `sluice serve` makes of a rules file. It answers before the request is under way, so it knows no end of it, and
 * takes no limits on concurrency.
 * @throws RulesFileError with everything that is wrong
 */
export function readServedRules(file: string, text: string, trusted: readonly string[]): RulesOptions {
  const source = parseSource(file, text);
  const options = readRules(file, source, trusted);
  const data = source.data as { readonly rules: readonly { readonly limits?: unknown }[] };
  const places = options.rules.flatMap((rule, i) => leasesOf(rule, ["rules", i], data.rules[i].limits));
  if (places.length === 0) return options;
  throw new RulesFileError(
    file,
    places.map((place) => source.fault(place, NEVER_ENDS)),
  );
}

/** @throws ConfigurationError `INVALID_LIMIT` for a limit that `sluice serve` cannot keep */
export function checkServed(limits: readonly Limit[]): void {
  if (limits.some(isLease)) throw new ConfigurationError("INVALID_LIMIT", `a limit ${NEVER_ENDS}`);
  const by = limits.find((limit) => limit.by !== undefined)?.by;
  if (by === undefined) return;
  const message = `a limit says by: ${JSON.stringify(by)}, and a call to sluice serve has one key; make the subject part of the key`;
  throw new ConfigurationError("INVALID_LIMIT", message, { value: by, path: "by" });
}

const NEVER_ENDS =
  "counts what runs at once, and sluice serve is not told when a request has ended; limit that in the application";

/** Where limits on concurrency stand. */
function leasesOf({ limits }: Rule, at: Path, data: unknown): Path[] {
  const list = Array.isArray(limits) ? (limits as readonly LimitInput[]) : [];
  const place = (i: number) => (Array.isArray(data) ? [...at, "limits", i] : [...at, "limits"]);
  return list.flatMap((limit, i) => (isLease(limit) ? [place(i)] : []));
}

function isLease(limit: LimitInput): boolean {
  return typeof limit === "object" && limit.isLease;
}
