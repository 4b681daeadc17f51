import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import type { Plan } from "../../stores/Store.ts";
import { mustHold } from "../mustHold.ts";
import { plansOf, randomWorld } from "./randomWorld.ts";
import type { StoreCheck } from "./StoreCheck.ts";
import type { StoreUnderTest } from "./StoreUnderTest.ts";

export const refusesAtOnce: StoreCheck = {
  promise: "a plan that the store cannot decide in one step is refused when it is prepared, and no other is",
  async hold({ made, fc, runs }) {
    const property = fc.property(randomWorld(fc), (world) => {
      for (const plan of plansOf(world, "refused")) {
        const refused = isRefused(made, plan);
        mustHold(refused === (made.refuses?.(plan) === true), () => `it was ${refused ? "" : "not "}refused`);
      }
    });
    fc.assert(property, { numRuns: runs });
  },
};

function isRefused({ store }: StoreUnderTest, plan: Plan): boolean {
  try {
    store.prepare(plan);
    return false;
  } catch (error) {
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}
