/** Not every runtime has weak references; there everything stays. */
const refTo: <Value extends object>(value: Value) => Pick<WeakRef<Value>, "deref"> = globalThis.WeakRef
  ? (value) => new WeakRef(value)
  : (value) => ({ deref: () => value });

/** Values by name, until nobody else holds them: then their names are forgotten, too. */
export class HeldElsewhere<Value extends object> {
  readonly #refs = new Map<string, Pick<WeakRef<Value>, "deref">>();
  readonly #gone: FinalizationRegistry<string> | undefined =
    globalThis.FinalizationRegistry && new FinalizationRegistry((name) => this.#forget(name));

  get(name: string): Value | undefined {
    return this.#refs.get(name)?.deref();
  }

  /** @returns the value */
  set(name: string, value: Value): Value {
    this.#refs.set(name, refTo(value));
    this.#gone?.register(value, name);
    return value;
  }

  clear(): void {
    this.#refs.clear();
  }

  /** There may be another of its name by now. */
  #forget(name: string): void {
    if (this.get(name) === undefined) this.#refs.delete(name);
  }
}
