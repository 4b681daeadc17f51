import { IdentityError } from "../errors/IdentityError.ts";
import type { RequestInfo } from "./RequestInfo.ts";

/**
 * The trimmed value of a header that may stand once; undefined if it is absent or blank.
 * @throws IdentityError `INVALID_IDENTITY` for several lines: joined, they would be a new identity at the sender's choice
 */
export function singleHeader(request: RequestInfo, name: string): string | undefined {
  if (request.headerLines(name) > 1) throw severalLines(name);
  return request.header(name)?.trim() || undefined;
}

export function severalLines(name: string): IdentityError {
  return new IdentityError(
    "INVALID_IDENTITY",
    `the request must have one ${name} line with one value, not several`,
    400,
  );
}
