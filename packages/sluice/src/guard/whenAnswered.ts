import type { Warn } from "../events/Warning.ts";
import { counts } from "../rules/CountOnly.ts";
import type { Passage } from "./Passage.ts";
import type { Ruling } from "./Ruling.ts";

/** What a passage has to do when its request has been answered; undefined if nothing. */
export function whenAnswered(rulings: readonly Ruling[], warn: Warn): Passage["answered"] {
  if (!chargeAny(rulings)) return undefined;
  let isOver = false;
  return async (status) => {
    if (isOver) return;
    isOver = true;
    const counted = rulings.filter(
      ({ rule }) => rule.countOnly !== undefined && counts(rule.countOnly, status),
    );
    await Promise.all(counted.map((ruling) => settle(ruling, warn)));
  };
}

function chargeAny(rulings: readonly Ruling[]): boolean {
  for (const { charge } of rulings) if (charge !== undefined) return true;
  return false;
}

/** The answer is out: there is nobody left to be told of an error but the application. */
async function settle({ rule, charge }: Ruling, warn: Warn): Promise<void> {
  try {
    await charge?.();
  } catch (error) {
    warn({
      code: "NOT_COUNTED",
      message: `an answered request was not counted by ${rule.text}: ${String(error)}`,
    });
  }
}
