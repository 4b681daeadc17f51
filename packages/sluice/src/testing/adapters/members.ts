import type { Answer } from "./AdapterCheck.ts";

/** A member of `RateLimit` or `RateLimit-Policy`. */
export interface Member {
  readonly name: string;
  /** Of `RateLimit`: what remains. */
  readonly r: number | undefined;
}

/** The members of a field of draft-11, whose names hold no quotes: `"default";r=50;t=30`. */
export function members({ headers }: Answer, field: "ratelimit" | "ratelimit-policy"): Member[] {
  return [...String(headers[field] ?? "").matchAll(/"([^"]*)"([^,]*)/g)].map(([, name, parameters]) => {
    const r = /;r=(\d+)/.exec(parameters)?.[1];
    return { name, r: r === undefined ? undefined : Number(r) };
  });
}
