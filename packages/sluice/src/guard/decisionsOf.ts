import type { Decision } from "../limiter/Decision.ts";
import { type NativeNote, nativeNote } from "./nativeNote.ts";

/**
 * What the guards before a handler decided about its request, those on the outside first; empty if none did. Dry runs are
 * not told. With `onLimit: "pass"` a handler sees here that its request is over a limit.
 * @param native the framework's own request: `request` of Express, Fastify, node:http and Fetch, the context of Koa and Hono
 * @example if (decisionsOf(request).some(({ allowed }) => !allowed)) return cachedAnswer();
 */
export function decisionsOf(native: object): readonly Decision[] {
  return nativeNote(native)?.decisions ?? [];
}

export function noteDecisions(note: NativeNote, made: readonly Decision[]): void {
  note.decisions = note.decisions.length === 0 ? made : [...note.decisions, ...made];
}
