import type { IncomingMessage } from "node:http";
import {
  ConfigurationError,
  type Decision,
  type HeaderList,
  outcomeOf,
  rateLimitHeaders,
  type Reply,
} from "sluice";
import { jsonReply } from "../reply/jsonReply.ts";
import { problemReply } from "../reply/problemReply.ts";
import { BadRequestError } from "../requests/BadRequestError.ts";
import { failureReply } from "../requests/failureReply.ts";
import type { RulesOptions } from "../file/readRules.ts";
import type { Context } from "../serve/Context.ts";
import { type Charge, charge } from "./charge.ts";
import { readCall } from "./ConsumeCall.ts";
import { readJson } from "./readJson.ts";

/** `POST /v1/consume`: 200, 429, 403 for a key on a deny list, or 503 while the store fails; the decision as JSON in any case, and the header fields. */
export async function answerConsume(context: Context, request: IncomingMessage): Promise<Reply> {
  let since = performance.now();
  try {
    const call = readCall(await readJson(request));
    since = performance.now();
    const rules = context.rules();
    const charged = await charge(rules, call);
    context.metrics.tookSince(since);
    count(context, charged);
    return answer(rules.options, charged, call.key);
  } catch (error) {
    if (request.errored !== null) return problemReply(400);
    if (error instanceof ConfigurationError)
      return problemReply(400, { detail: error.message, code: error.code });
    if (error instanceof BadRequestError) return problemReply(error.status, { detail: error.message });
    context.metrics.tookSince(since);
    return failureReply(context, error);
  }
}

function count({ metrics, store }: Context, { rule = "ad hoc", decision, dryRun }: Charge): void {
  metrics.decided(rule, decision === undefined ? "unlimited" : outcomeOf(decision, dryRun));
  if (decision !== undefined) store.count(decision);
}

/** A dry run refuses nobody, and tells beside that what it would have done. */
function answer(
  { headers, partitionKey }: RulesOptions,
  { rule: name, dryRun, decision }: Charge,
  key: string,
): Reply {
  const rule = name ?? null;
  if (decision === undefined) return jsonReply(200, { rule, allowed: true, key, reason: "ok", limits: [] });
  if (dryRun) {
    const { allowed, reason, retryAfterMs } = decision;
    return jsonReply(200, {
      rule,
      ...decision,
      allowed: true,
      reason: "ok",
      retryAfterMs: 0,
      dryRun: { allowed, reason, retryAfterMs },
    });
  }
  const fields: HeaderList = Object.entries(rateLimitHeaders(decision, { headers, partitionKey }));
  return jsonReply(statusOf(decision), { rule, ...decision }, fields);
}

function statusOf({ allowed, reason }: Decision): number {
  if (allowed) return 200;
  if (reason === "denied") return 403;
  return reason === "store-error" ? 503 : 429;
}
