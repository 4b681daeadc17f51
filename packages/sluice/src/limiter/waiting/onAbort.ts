interface Listener {
  readonly callbacks: Set<() => void>;
  readonly tell: () => void;
}

const listeners = new WeakMap<AbortSignal, Listener>();

/**
 * Calls back when the signal is aborted. All callbacks of a signal share one listener, because Node warns of more than ten.
 * @returns ends that
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, tell } = listeners.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    if (!callbacks.delete(callback) || callbacks.size > 0) return;
    signal.removeEventListener("abort", tell);
    listeners.delete(signal);
  };
}

function listen(signal: AbortSignal): Listener {
  const callbacks = new Set<() => void>();
  const tell = () => callbacks.forEach((callback) => callback());
  const listener = { callbacks, tell };
  signal.addEventListener("abort", tell);
  listeners.set(signal, listener);
  return listener;
}
