/**
 * The same response, whose end is told: its body has been read, was cancelled or has failed, or there is none to read.
 * What is told may be told twice.
 */
export function untilRead(response: Response, request: Request, ended: () => unknown): Response {
  const body = isRead(response, request) ? response.body : null;
  if (body === null) {
    ended();
    return response;
  }
  const { status, statusText, headers } = response;
  return new Response(streamUntil(body, ended), { status, statusText, headers });
}

/** A careless handler answers nothing at all, or what has been read before. */
function isRead(response: Response | undefined, { method, signal }: Request): response is Response {
  if (response === undefined || response.bodyUsed || response.body?.locked === true) return false;
  return method !== "HEAD" && !signal?.aborted;
}

/** Reads no further ahead than the body would be read without it. */
function streamUntil(body: ReadableStream<Uint8Array>, ended: () => unknown): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
        } catch (error) {
          ended();
          throw error;
        }
        ended();
        controller.close();
      },
      cancel(reason) {
        ended();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  forgotten?.register(stream, ended);
  return stream;
}

/** A response that nobody sends is never read: it ends when it is collected. Not every runtime tells of that. */
const forgotten: FinalizationRegistry<() => unknown> | undefined =
  globalThis.FinalizationRegistry && new FinalizationRegistry((ended: () => unknown) => void ended());
