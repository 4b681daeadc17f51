import { joinFields } from "../headers/joinFields.ts";
import type { HeaderList } from "../headers/HeaderList.ts";

interface Addition {
  readonly request: Request;
  /** What the response had before, by lower-case name. */
  readonly before: Map<string, string | null>;
}

const additions = new WeakMap<Response, Addition>();

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

function add(response: Response, fields: HeaderList, request: Request): void {
  const { headers } = response;
  const before = forget(response, request);
  const joined = joinFields(fields, (name) => headers.get(name) ?? undefined, false);
  for (const [name, value] of joined) {
    if (!before.has(name)) before.set(name, headers.get(name));
    headers.set(name, value);
  }
  additions.set(response, { request, before });
}

/** Takes back what was added for another request, and answers what this one has added already. */
function forget(response: Response, request: Request): Addition["before"] {
  const last = additions.get(response);
  if (last?.request === request) return last.before;
  for (const [name, value] of last?.before ?? []) {
    if (value === null) response.headers.delete(name);
    else response.headers.set(name, value);
  }
  return new Map();
}
