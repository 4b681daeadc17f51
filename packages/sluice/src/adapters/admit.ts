import type { Guard } from "../guard/guard.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import type { NodeResponse } from "./NodeShapes.ts";
import { sendReply, setHeaders } from "./sendNode.ts";

/**
 * Asks the guard, and answers for it: adds its fields, or refuses.
 * @returns whether the request goes on to its handler
 */
export async function admit(
  { check }: Guard,
  request: RequestInfo,
  response: NodeResponse,
): Promise<boolean> {
  const { reply, headers } = await check(request);
  if (reply === undefined) setHeaders(response, headers);
  else sendReply(response, reply);
  return reply === undefined;
}
