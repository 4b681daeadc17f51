/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  /** The seconds of Retry-After, NaN without it. */
  readonly retryAfter: number;
}

export async function answerTo(url: string, options?: RequestInit): Promise<Answer> {
  const response = await fetch(url, options);
  const { status, headers } = response;
  const retryAfter = Number(headers.get("retry-after") ?? "NaN");
  return { status, headers, retryAfter, body: await response.text() };
}

/** One after the other. */
export async function answers(url: string, count: number, options?: RequestInit): Promise<Answer[]> {
  const seen: Answer[] = [];
  for (let i = 0; i < count; i++) seen.push(await answerTo(url, options));
  return seen;
}

export async function statuses(url: string, count: number, options?: RequestInit): Promise<number[]> {
  return (await answers(url, count, options)).map(({ status }) => status);
}

/** Asks until something else than 2xx is answered, at most 300 times. */
export async function untilRefused(
  url: string,
  options?: RequestInit,
): Promise<{ passed: number; refusal: Answer }> {
  for (let passed = 0; passed < 300; passed++) {
    const refusal = await answerTo(url, options);
    if (refusal.status >= 300) return { passed, refusal };
  }
  throw new Error(`${url} is not limited`);
}
