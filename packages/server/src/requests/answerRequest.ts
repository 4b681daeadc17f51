import { type HeaderList, outcomeOf, type Passage, type Reply, type RequestInfo } from "sluice";
import { jsonReply } from "../reply/jsonReply.ts";
import type { RuleSet } from "../rules/RuleSet.ts";
import type { Context } from "../serve/Context.ts";
import { failureReply } from "./failureReply.ts";
import { originalRequest } from "./originalRequest.ts";

/** Answers any request as the guarded route would: 200 with the decision, or the refusal. Never rejects. */
export async function answerRequest(context: Context, received: RequestInfo): Promise<Reply> {
  const since = performance.now();
  try {
    const { request, refusal } = originalRequest(context, received);
    const rules = context.rules();
    const passage = await rules.guard.check(request);
    count(context, rules, passage);
    return passage.reply === undefined ? admission(rules, passage) : withStatus(passage.reply, refusal);
  } catch (error) {
    return failureReply(context, error);
  } finally {
    context.metrics.tookSince(since);
  }
}

function count({ metrics, store }: Context, rules: RuleSet, { decided }: Passage): void {
  if (decided.length === 0) return metrics.decided("none", "unlimited");
  for (const { rule, decision } of decided) {
    metrics.decided(rules.names[rule.index], outcomeOf(decision, rule.dryRun));
    store.count(decision);
  }
}

/** The decision nearest to refusing; others only where one target can be read in several ways. Dry runs are not told. */
function admission(rules: RuleSet, { decided, headers }: Passage): Reply {
  const [nearest = UNLIMITED, ...others] = decided
    .filter(({ rule }) => !rule.dryRun)
    .toSorted((a, b) => a.decision.remaining - b.decision.remaining)
    .map((one) => tell(rules, one));
  return jsonReply(200, others.length === 0 ? nearest : { ...nearest, others }, headers);
}

const UNLIMITED = { rule: null, allowed: true, reason: "ok", limits: [] };

function tell({ names }: RuleSet, { rule, decision }: Passage["decided"][number]): object {
  return { rule: names[rule.index], ...decision };
}

/**
 * A 429 under the status that the proxy understands, which the body repeats (RFC 9457, section 3.1.2). nginx keeps that
 * body to itself, so the one for the client is a field, which also tells it from a 403 for another reason.
 */
function withStatus(reply: Reply, status: number): Reply {
  if (reply.status !== 429 || status === 429) return reply;
  const problem = JSON.parse(reply.body) as object;
  const headers: HeaderList = [...reply.headers, ["X-Sluice-Problem", JSON.stringify(problem)]];
  return { status, headers, body: JSON.stringify({ ...problem, status }) };
}
