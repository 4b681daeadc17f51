import { show } from "../errors/show.ts";
import type { Guard } from "../guard/guard.ts";
import type { Passage } from "../guard/Passage.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";

/**
 * Asks the guard.
 * @throws what it throws, but always an object: a framework takes `undefined` for no error, and would let the request pass
 */
export async function ask({ check }: Guard, request: RequestInfo): Promise<Passage> {
  try {
    return await check(request);
  } catch (error) {
    throw typeof error === "object" && error !== null ? error : noError(error);
  }
}

function noError(cause: unknown): Error {
  return new Error(`a function given to rateLimit threw ${show(cause)}, which is no error`, { cause });
}
