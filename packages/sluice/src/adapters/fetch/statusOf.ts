/** The status that a client is answered with; undefined if there is no answer, or the client has gone. */
export function statusOf(
  signal: AbortSignal | undefined,
  response: Response | undefined,
): number | undefined {
  return signal?.aborted === true ? undefined : response?.status;
}
