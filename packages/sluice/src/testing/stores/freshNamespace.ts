let count = 0;

/** A namespace that no other check of this process or of another has used. */
export function freshNamespace(): string {
  return `suite ${globalThis.crypto.randomUUID()} ${count++}`;
}
