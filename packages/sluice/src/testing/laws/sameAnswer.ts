import type { Verdict } from "../../algorithms/Machine.ts";
import { mustHold } from "../mustHold.ts";

/** Throws if two verdicts tell anything different, but for their states. */
export function sameAnswer(one: Verdict, other: Verdict, about: string): void {
  mustHold(textOf(one) === textOf(other), () => `${about}: ${textOf(one)} is not ${textOf(other)}`);
}

function textOf({ fits, wait, remaining, reset, life }: Verdict): string {
  return `fits ${fits}, wait ${wait}, remaining ${remaining}, reset ${reset}, life ${life}`;
}
