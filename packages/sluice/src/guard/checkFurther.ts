import type { RequestInfo } from "../identity/RequestInfo.ts";
import { followedBy } from "./followedBy.ts";
import type { Passage } from "./Passage.ts";
import { unlessItFails } from "./unlessItFails.ts";

type Check = (request: RequestInfo) => Passage | Promise<Passage>;

/** Asks the guards that stand beside one, in order, until one refuses. What those before it hold then comes back. */
export async function checkFurther(
  checks: readonly Check[],
  first: Passage,
  request: RequestInfo,
): Promise<Passage> {
  let passage = first;
  for (const check of checks) {
    if (passage.reply !== undefined) break;
    const { ended } = passage;
    const next = await unlessItFails(() => check(request), ended);
    if (next.reply !== undefined) void ended?.();
    passage = followedBy(passage, next);
  }
  return passage;
}
