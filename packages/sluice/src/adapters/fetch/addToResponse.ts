import type { HeaderList } from "../../headers/HeaderList.ts";
import { joinOuterFields } from "../../headers/joinFields.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import { isRefusal } from "./asRefusal.ts";

/** What was added for a request, and what stood there before. */
interface Addition {
  readonly request: Request;
  readonly added: HeaderList;
  readonly replaced: HeaderList;
}

/** What was added last, kept on the response itself: a weak map costs as much as setting the fields. */
const ADDITION = Symbol("sluice.addition");

interface Changed extends Response {
  [ADDITION]?: Addition;
}

const NONE: HeaderList = [];

/**
 * Adds fields to a response. One that cannot be changed (of `fetch`, of `Response.redirect`) is copied. One that serves
 * several requests does not keep what it told the last. What is no answer to a request (101, a network error, or nothing
 * at all from a careless handler) stays as it is.
 */
export function addToResponse(response: Response, fields: HeaderList, request: Request): Response {
  if (!isAnswer(response) || (fields.length === 0 && !(ADDITION in response))) return response;
  try {
    add(response, fields, request);
    return response;
  } catch {
    // Nothing was added to it before, either.
    if (fields.length === 0) return response;
    const copy = new Response(response.body, response);
    add(copy, fields, request);
    return copy;
  }
}

function isAnswer(response: Response | undefined): boolean {
  return response !== undefined && response.status >= 200;
}

function add(response: Changed, fields: HeaderList, request: Request): void {
  const { headers } = response;
  const { added, replaced } = keptOf(response, request);
  const isThere = isAnyThere(headers, fields);
  const joined = isThere ? joinedTo(response, fields) : fields;
  const over = isThere ? overwritten(headers, joined, added) : NONE;
  // First, since a frozen response throws here, and is copied before its fields are touched.
  response[ADDITION] =
    added.length === 0
      ? { request, added: joined, replaced: over }
      : { request, added: [...added, ...joined], replaced: [...replaced, ...over] };
  for (const field of joined) headers.set(lowerCase(field[0]), field[1]);
}

/** Guards further in have told theirs before. */
function joinedTo(response: Response, fields: HeaderList): HeaderList {
  const read = (name: string) => response.headers.get(lowerCase(name)) ?? undefined;
  return joinOuterFields(fields, read, isRefusal(response));
}

function isAnyThere(headers: Headers, fields: HeaderList): boolean {
  for (const field of fields) if (headers.has(lowerCase(field[0]))) return true;
  return false;
}

/** What others have set. */
function overwritten(headers: Headers, fields: HeaderList, added: HeaderList): HeaderList {
  return fields
    .filter(([name]) => headers.has(name) && !added.some(([known]) => known === name))
    .map(([name]) => [name, headers.get(name)!]);
}

/** Takes back what was added for another request, and answers what was for this one. */
function keptOf(response: Changed, request: Request): Omit<Addition, "request"> {
  const last = response[ADDITION];
  if (last === undefined) return { added: NONE, replaced: NONE };
  if (last.request === request) return last;
  for (const [name] of last.added) response.headers.delete(name);
  for (const [name, value] of last.replaced) response.headers.set(name, value);
  return { added: NONE, replaced: NONE };
}
