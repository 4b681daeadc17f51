/** Kept on the response itself: a weak map costs as much as setting a field. */
const REFUSAL: unique symbol = Symbol("sluice.refusal");

interface Marked extends Response {
  [REFUSAL]?: true;
}

/** The same response, as one by which a guard refuses. */
export function asRefusal(response: Marked): Response {
  response[REFUSAL] = true;
  return response;
}

export function isRefusal(response: Response): boolean {
  return REFUSAL in response;
}
