import type { HeaderTemplate } from "./HeaderStyle.ts";

/** OpenAI's fields, for limits that are named `requests` and `tokens`. */
export const openAiHeaders: HeaderTemplate = {
  limit: "x-ratelimit-limit-{name}",
  remaining: "x-ratelimit-remaining-{name}",
  reset: "x-ratelimit-reset-{name}",
  resetAs: "duration",
};
