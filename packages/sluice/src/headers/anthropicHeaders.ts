import type { HeaderTemplate } from "./HeaderStyle.ts";

/** Anthropic's fields, for limits that are named `requests`, `tokens`, `input-tokens` and `output-tokens`. */
export const anthropicHeaders: HeaderTemplate = {
  limit: "anthropic-ratelimit-{name}-limit",
  remaining: "anthropic-ratelimit-{name}-remaining",
  reset: "anthropic-ratelimit-{name}-reset",
  resetAs: "rfc3339",
};
