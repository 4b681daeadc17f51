import type { FailureOptions } from "sluice";

/** Of a limiter that takes no answer but the server's, however slow the machine is. */
export const strict: FailureOptions = { onStoreError: "throw", timeoutMs: 60_000, onEvent: () => {} };
