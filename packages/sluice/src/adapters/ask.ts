import { show } from "../errors/show.ts";
import type { Guard } from "../guard/guard.ts";
import type { Passage } from "../guard/Passage.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";
import { whenReady } from "../identity/whenReady.ts";

/**
 * Asks the guard.
 * @throws what it throws, but always an object: a framework takes `undefined` for no error, and would let the request pass
 */
export function ask({ checkNow }: Pick<Guard, "checkNow">, request: RequestInfo): Passage | Promise<Passage> {
  try {
    return whenReady<Passage, Passage>(checkNow(request), asIs, fail);
  } catch (error) {
    return fail(error);
  }
}

function asIs(passage: Passage): Passage {
  return passage;
}

function fail(error: unknown): never {
  throw typeof error === "object" && error !== null ? error : noError(error);
}

function noError(cause: unknown): Error {
  return new Error(`a function given to rateLimit threw ${show(cause)}, which is no error`, { cause });
}
