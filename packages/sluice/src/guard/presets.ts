import type { HeaderStyle } from "../headers/HeaderStyle.ts";
import type { Reply } from "../headers/Reply.ts";
import { toldWaitMs } from "../headers/toldWaitMs.ts";
import type { Refusal } from "../rules/OnLimit.ts";

/** Options that make the replies of another system: `rateLimit({ ...asok, limits: "5/m" })`. */
export interface ReplyPreset {
  readonly headers: HeaderStyle;
  readonly onLimit: (refusal: Refusal) => Reply | undefined;
}

/** What a system answers to who must wait this long; undefined if nobody knows how long. */
type Answer = (seconds: number | undefined, refusal: Refusal) => { contentType?: string; body: string };

/** captchakit's recipe: `{"error":"rate_limited","retry_after":2.5}`, null if nobody knows, and then `Retry-After: 1`. */
export const captchakit: ReplyPreset = preset("none", (seconds, { decisions }) => ({
  contentType: "application/json",
  body: JSON.stringify({
    error: "rate_limited",
    retry_after: seconds === undefined ? null : waitMsOf(decisions) / 1000,
  }),
}));

/** FastAPI-Cap: the `detail` of an exception of FastAPI. */
export const fastapiCap: ReplyPreset = preset("none", () => ({
  contentType: "application/json",
  body: JSON.stringify({ detail: "Rate limit exceeded. Please try again later." }),
}));

/** Asok, for an application without an error page of its own: a line of HTML. */
export const asok: ReplyPreset = preset("none", (seconds) => ({
  contentType: "text/html; charset=utf-8",
  body: `<h1>429 Too Many Requests</h1>${seconds === undefined ? "" : `<p>Retry in ${seconds}s.</p>`}`,
}));

/** asgi-ratelimit: an empty body. */
export const asgiRatelimit: ReplyPreset = preset("none", () => ({ body: "" }));

/** smart-ratelimiter: `X-RateLimit-*` on every answer, and a word of JSON. Retry-After is whole seconds, as the standard has it. */
export const smartRatelimiter: ReplyPreset = preset("legacy", () => ({
  contentType: "application/json",
  body: JSON.stringify({ error: "rate limit exceeded" }),
}));

/** While a store fails closed the reply that is ready tells so; none of these systems has one. */
function preset(headers: HeaderStyle, answer: Answer): ReplyPreset {
  return {
    headers,
    onLimit(refusal) {
      const { reply } = refusal;
      if (reply.status !== 429) return undefined;
      const retryAfter = reply.headers.find(([name]) => name === "Retry-After")?.[1];
      const seconds = retryAfter === undefined ? undefined : Number(retryAfter);
      const { contentType, body } = answer(seconds, refusal);
      const fields = reply.headers.filter(([name]) => name !== "Content-Type");
      return { status: 429, headers: [...fields, ...typed(contentType), ...hint(seconds)], body };
    },
  };
}

function typed(contentType: string | undefined): [string, string][] {
  return contentType === undefined ? [] : [["Content-Type", contentType]];
}

/** Those systems always tell a time. */
function hint(seconds: number | undefined): [string, string][] {
  return seconds === undefined ? [["Retry-After", "1"]] : [];
}

function waitMsOf(decisions: Refusal["decisions"]): number {
  return Math.max(...decisions.map(toldWaitMs));
}
