import type { Warn } from "../events/Warning.ts";

/** How many rules are remembered: a program has few guards. */
const REMEMBERED = 100;

interface Built {
  checks: number;
  /** It was asked in the turn of the event loop in which it was built. */
  isAskedAtOnce: boolean;
  /** How many guards before it, with the same rules, were asked once and at once. */
  readonly before: number;
}

const lastBuilt = new Map<string, Built>();

/**
 * Finds guards that are built inside a handler: each has a memory store of its own and sees one request, so none ever
 * limits anything. The third in a row with the same rules, each asked once and at once, warns `BUILT_PER_REQUEST`.
 * @param rules what the guard limits, as text
 * @returns to be called with every request
 */
export function watchBuilding(rules: string, warn: Warn): () => void {
  const last = lastBuilt.get(rules);
  const isLikeLast = last?.checks === 1 && last.isAskedAtOnce;
  const built: Built = { checks: 0, isAskedAtOnce: false, before: isLikeLast ? last.before + 1 : 0 };
  remember(rules, built);
  if (built.before === 2) {
    const message =
      "rateLimit() seems to be called anew for each request, so that nothing is ever counted twice";
    warn({ code: "BUILT_PER_REQUEST", message: `${message}; call it once, when the program starts` });
  }
  let isNew = true;
  queueMicrotask(() => (isNew = false));
  return () => {
    built.checks++;
    built.isAskedAtOnce ||= isNew;
  };
}

function remember(rules: string, built: Built): void {
  lastBuilt.delete(rules);
  lastBuilt.set(rules, built);
  const [oldest] = lastBuilt.keys();
  if (lastBuilt.size > REMEMBERED) lastBuilt.delete(oldest);
}
