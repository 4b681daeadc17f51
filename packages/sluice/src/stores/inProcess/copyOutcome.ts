import type { Outcome } from "../Store.ts";

/** An outcome that stays as it is when the desk that it was decided on is used again. */
export function copyOutcome(outcome: Outcome): Outcome {
  return {
    ...outcome,
    verdicts: outcome.verdicts.map((verdict) => ({ ...verdict, state: [...verdict.state] })),
  };
}
