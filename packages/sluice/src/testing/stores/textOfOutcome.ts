import type { ActOutcome, Outcome, Plan } from "../../stores/Store.ts";

/** All that decisions are made of, in words, so that two outcomes can be compared and read. */
export function textOfOutcome({ limits }: Plan, outcome: Outcome | ActOutcome): string {
  const { now, allowed, blocked, blockedFor, overflow, verdicts } = outcome;
  const each = limits.map((limit, i) => {
    const { fits, wait, remaining, reset, state } = verdicts[i];
    const details = JSON.stringify(limit.details(limit.params, state, now));
    return `${limit.algorithm} fits ${fits}, wait ${wait}, remaining ${remaining}, reset ${reset}, ${details}`;
  });
  const held = "hold" in outcome ? [`hold ${outcome.hold}`] : [];
  const all = `allowed ${allowed}, blocked ${blocked} for ${blockedFor}, overflow ${overflow}`;
  return [all, ...held, ...each].join("\n  ");
}
