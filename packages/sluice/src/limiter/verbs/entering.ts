import { invalidOption } from "../../errors/invalidOption.ts";
import type { Decision } from "../Decision.ts";
import type { Limiter } from "../Limiter.ts";
import type { Permit } from "../Permit.ts";

/** The verbs that stand around what is limited. */
export function entering(enter: Limiter["enter"]): Pick<Limiter, "enter" | "run"> {
  return {
    enter,
    async run(key, fn, options) {
      if (typeof fn !== "function") throw invalidOption("run", "fn", fn, "a function");
      const permit = await enter(key, options);
      try {
        return await fn(permit.decision);
      } finally {
        await permit[Symbol.asyncDispose]();
      }
    },
  };
}

/** A permit of which nothing comes back. */
export function permitOf(decision: Decision): Permit {
  return { decision, [Symbol.dispose]() {}, async [Symbol.asyncDispose]() {} };
}
