import { type Reply, temporaryReducedCapacity } from "sluice";

/** 503 for a call that the store could not decide. */
export function storeErrorReply(): Reply {
  return {
    status: 503,
    headers: [
      ["Retry-After", "1"],
      ["Cache-Control", "no-store"],
      ["Content-Type", "application/problem+json"],
    ],
    body: `${JSON.stringify(temporaryReducedCapacity())}\n`,
  };
}
