import { joinFields } from "../headers/joinFields.ts";
import type { HeaderList } from "../headers/HeaderList.ts";

/** What a response had before, in place of what was added: names and values, null for none. */
type Before = readonly (readonly [name: string, value: string | null])[];

/** What was added last, kept on the response itself: a weak map costs as much as setting the fields. */
const ADDITION = Symbol("sluice.addition");

interface Changed extends Response {
  [ADDITION]?: { readonly request: Request; readonly before: Before };
}

/**
 * Adds fields to a response. One that cannot be changed (of `fetch`, of `Response.redirect`) is copied. One that serves
 * several requests does not keep what it told the last. What is no answer to a request (101, a network error, or nothing
 * at all from a careless handler) stays as it is.
 */
export function addToResponse(response: Response, fields: HeaderList, request: Request): Response {
  if (fields.length === 0 || !isAnswer(response)) return response;
  try {
    add(response, fields, request);
    return response;
  } catch {
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
  const before = forget(response, request);
  const isThere = fields.some(([name]) => headers.has(name));
  const joined = isThere ? joinFields(fields, (name) => headers.get(name) ?? undefined, false) : fields;
  const replaced = joined
    .filter(([name]) => !before.some(([known]) => known === name))
    .map(([name]) => [name, isThere ? headers.get(name) : null] as const);
  // First, since a frozen response throws here, and is copied before its fields are touched.
  response[ADDITION] = { request, before: before.length === 0 ? replaced : [...before, ...replaced] };
  for (const [name, value] of joined) headers.set(name, value);
}

/** Takes back what was added for another request, and answers what this one has added already. */
function forget(response: Changed, request: Request): Before {
  const last = response[ADDITION];
  if (last === undefined) return [];
  if (last.request === request) return last.before;
  for (const [name, value] of last.before) {
    if (value === null) response.headers.delete(name);
    else response.headers.set(name, value);
  }
  return [];
}
