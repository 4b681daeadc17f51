import type { Warn } from "../../events/Warning.ts";
import type { Store } from "../../stores/Store.ts";

/** How many rules are remembered: a program has few guards. */
const REMEMBERED = 100;

interface Built {
  checks: number;
  /** It was asked in the turn of the event loop in which it was built. */
  isAskedAtOnce: boolean;
  /** How many guards before it, with the same rules, were asked once and at once. */
  readonly before: number;
}

/** By store, and by rules. */
const builtOver = new WeakMap<object, Map<string, Built>>();
const OWN_STORE = {};

/**
 * Finds guards that are built inside a handler: each sees one request, and where it has a memory store of its own, never
 * limits anything. The third in a row with the same rules, each asked once and at once, warns `BUILT_PER_REQUEST`.
 * @param store that was given to the guard; undefined for one of its own
 * @param rules what the guard limits, as text
 * @returns to be called with every request
 */
export function watchBuilding(store: Store | undefined, rules: string, warn: Warn): () => void {
  const lastBuilt = builtOver.get(store ?? OWN_STORE) ?? new Map<string, Built>();
  builtOver.set(store ?? OWN_STORE, lastBuilt);
  const last = lastBuilt.get(rules);
  const isLikeLast = last?.checks === 1 && last.isAskedAtOnce;
  const built: Built = { checks: 0, isAskedAtOnce: false, before: isLikeLast ? last.before + 1 : 0 };
  remember(lastBuilt, rules, built);
  if (built.before === 2) {
    const lost = store === undefined ? ", so that nothing is ever counted twice" : "";
    const message = `rateLimit() seems to be called anew for each request${lost}; call it once, when the program starts`;
    warn({ code: "BUILT_PER_REQUEST", message });
  }
  let isNew = true;
  queueMicrotask(() => (isNew = false));
  return () => {
    built.checks++;
    built.isAskedAtOnce ||= isNew;
  };
}

function remember(lastBuilt: Map<string, Built>, rules: string, built: Built): void {
  lastBuilt.delete(rules);
  lastBuilt.set(rules, built);
  const [oldest] = lastBuilt.keys();
  if (lastBuilt.size > REMEMBERED) lastBuilt.delete(oldest);
}
