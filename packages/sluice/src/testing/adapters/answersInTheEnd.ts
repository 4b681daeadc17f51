import type { Endpoint } from "./AdapterCheck.ts";
import { settle } from "./turns.ts";

/**
 * Whether requests come to be answered with this status: the end of an answer is known to the server a moment after it is
 * known to the client.
 */
export async function answersInTheEnd(
  { send }: Endpoint,
  status: number,
  target: string = "/else",
): Promise<boolean> {
  for (let i = 0; i < 1000; i++) {
    if ((await send({ target })).status === status) return true;
    await settle();
  }
  return false;
}
