import type { Decision } from "./Decision.ts";
import type { Limiter } from "./Limiter.ts";
import type { Permit } from "./Permit.ts";

/** The verbs that stand around what is limited. */
export function entering(acquire: Limiter["acquire"]): Pick<Limiter, "enter" | "run"> {
  return {
    enter: async (key, options) => permit(await acquire(key, options)),
    run: async (key, fn, options) => fn(await acquire(key, options)),
  };
}

function permit(decision: Decision): Permit {
  return { decision, [Symbol.dispose]() {}, async [Symbol.asyncDispose]() {} };
}
