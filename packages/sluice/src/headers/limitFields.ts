import type { Decision } from "../limiter/Decision.ts";
import { draft11 } from "./draft11.ts";
import type { HeaderList } from "./HeaderList.ts";
import { draft6, draft7, legacy } from "./olderStyles.ts";
import type { HeaderOptions } from "./rateLimitHeaders.ts";
import { templateFields } from "./templateFields.ts";
import { toldDecisions } from "./toldDecisions.ts";
import { waitMsOf } from "./waitMsOf.ts";

/** The fields that tell limits, without those of a refusal; for options that were checked. */
export function limitFields(decisions: readonly Decision[], options: HeaderOptions): HeaderList {
  const told = toldDecisions(decisions);
  const { headers = "draft-11", partitionKey = false } = options;
  if (told.length === 0) return [];
  if (headers === "draft-11") return draft11(told, partitionKey);
  const nearest = nearestDecision(told);
  if (typeof headers === "object") {
    return templateFields(
      headers,
      nearest,
      told.flatMap(({ limits }) => limits),
      options.nowMs ?? Date.now(),
    );
  }
  if (headers === "draft-7") return draft7(told, nearest);
  if (headers === "draft-6") return draft6(told, nearest);
  return headers === "legacy" ? legacy(nearest) : [];
}

/** The refusing decision with the longest wait, else the one with the least left. */
function nearestDecision(decisions: readonly Decision[]): Decision {
  return decisions.reduce((a, b) => {
    if (a.allowed !== b.allowed) return a.allowed ? b : a;
    return (a.allowed ? b.remaining < a.remaining : waitMsOf(b) > waitMsOf(a)) ? b : a;
  });
}
