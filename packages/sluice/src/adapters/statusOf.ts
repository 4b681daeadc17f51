/** The status that a client is answered with; undefined if there is no answer, or the client has gone. */
export function statusOf(request: Request, response: Response | undefined): number | undefined {
  return request.signal?.aborted ? undefined : response?.status;
}
