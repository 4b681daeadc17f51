import { whenReady } from "../units/whenReady.ts";
import type { Passage } from "./Passage.ts";

/** A request whose guard fails never ends, for nobody is told of its end: then what it holds is given back at once. */
export function unlessItFails(
  ask: () => Passage | Promise<Passage>,
  ended: (() => unknown) | undefined,
): Passage | Promise<Passage> {
  const fail = (error: unknown): never => {
    void ended?.();
    throw error;
  };
  try {
    return whenReady<Passage, Passage>(ask(), (passage) => passage, fail);
  } catch (error) {
    return fail(error);
  }
}
