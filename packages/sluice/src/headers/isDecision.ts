import type { Decision } from "../limiter/Decision.ts";

/** Whether a value is a decision of ours, by shape. */
export function isDecision(value: unknown): value is Decision {
  return typeof value === "object" && value !== null && "allowed" in value && "limits" in value;
}
