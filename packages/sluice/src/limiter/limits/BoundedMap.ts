/** A map that forgets its oldest entry when it is full. */
export class BoundedMap<Value> {
  readonly #most: number;
  readonly #entries = new Map<string, Value>();

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): Value | undefined {
    return this.#entries.get(name);
  }

  /** @returns the value */
  set(name: string, value: Value): Value {
    this.#entries.delete(name);
    if (this.#entries.size >= this.#most) this.#entries.delete(this.#entries.keys().next().value!);
    this.#entries.set(name, value);
    return value;
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
