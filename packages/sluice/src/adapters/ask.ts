import { show } from "../errors/show.ts";
import type { Guard } from "../guard/guard.ts";
import type { Passage } from "../guard/Passage.ts";
import { isPromise } from "../units/isPromise.ts";
import type { RequestInfo } from "../identity/RequestInfo.ts";

/**
 * Asks the guard.
 * @throws what it throws, but always an object: a framework takes `undefined` for no error, and would let the request pass
 */
export function ask({ checkNow }: Pick<Guard, "checkNow">, request: RequestInfo): Passage | Promise<Passage> {
  try {
    const passage = checkNow(request);
    return "then" in passage && isPromise(passage) ? passage.catch(fail) : passage;
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): never {
  throw typeof error === "object" && error !== null ? error : noError(error);
}

function noError(cause: unknown): Error {
  return new Error(`a function given to rateLimit threw ${show(cause)}, which is no error`, { cause });
}
