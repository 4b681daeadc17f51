import type { HeaderList } from "../../headers/HeaderList.ts";
import type { Reply } from "../../headers/Reply.ts";

/** A reply as a response of the Fetch standard, in which some statuses allow no body, not even an empty one. */
export function asResponse({ status, headers, body }: Reply): Response {
  return new Response(body === "" ? null : body, { status, headers: pairs(headers) });
}

/** As the standard takes them: lists that may be changed. */
function pairs(headers: HeaderList): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}
