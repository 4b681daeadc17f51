import { STATUS_CODES } from "node:http";
import type { HeaderList, Reply } from "sluice";

/** A reply of type `application/problem+json` (RFC 9457), for what is not a refusal by a limit. */
export function problemReply(
  status: number,
  members: { detail?: string; code?: string } = {},
  headers: HeaderList = [],
): Reply {
  const problem = { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, ...members };
  const own: HeaderList = [
    ["Cache-Control", "no-store"],
    ["Content-Type", "application/problem+json"],
  ];
  return { status, headers: [...headers, ...own], body: `${JSON.stringify(problem)}\n` };
}
