import type { Decision } from "../limiter/Decision.ts";
import { isObject } from "./isObject.ts";

const decisions = new WeakMap<object, readonly Decision[]>();

/**
 * What the guards before a handler decided about its request, those on the outside first; empty if none did. Dry runs are
 * not told. With `onLimit: "pass"` a handler sees here that its request is over a limit.
 * @param native the framework's own request: `request` of Express, Fastify, node:http and Fetch, the context of Koa and Hono
 * @example if (decisionsOf(request).some(({ allowed }) => !allowed)) return cachedAnswer();
 */
export function decisionsOf(native: object): readonly Decision[] {
  return decisions.get(native) ?? [];
}

export function noteDecisions(native: unknown, made: readonly Decision[]): void {
  if (!isObject(native) || made.length === 0) return;
  const before = decisions.get(native);
  decisions.set(native, before === undefined ? made : [...before, ...made]);
}

export function forgetDecisions(native: object): void {
  decisions.delete(native);
}
