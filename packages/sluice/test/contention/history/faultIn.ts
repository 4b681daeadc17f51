import type { Plan } from "../../../src/index.ts";
import { Reference } from "../../../src/testing/stores/Reference.ts";
import { textOfOutcome } from "../../../src/testing/stores/textOfOutcome.ts";
import type { Entry } from "./Entry.ts";

/**
 * Whether a history is linearizable: in the order in which the server says that it decided, which must be an order of
 * real time too, every answer is that of the reference.
 * @returns what is wrong, or `undefined`
 */
export function faultIn(history: readonly Entry[], plans: readonly Plan[]): string | undefined {
  return disorderIn(history) ?? deviationIn(history, plans);
}

/** A call that ended before another began must have come before it. */
function disorderIn(history: readonly Entry[]): string | undefined {
  const byEnd = history.toSorted((a, b) => a.responded - b.responded);
  let ended = 0;
  let last: Entry | undefined;
  for (const entry of history.toSorted((a, b) => a.invoked - b.invoked)) {
    for (; byEnd[ended].responded < entry.invoked; ended++) {
      if (last === undefined || byEnd[ended].at > last.at) last = byEnd[ended];
    }
    if (last !== undefined && last.at > entry.after)
      return `out of order:\n${tell(last)}\nended before this began:\n${tell(entry)}`;
  }
}

function deviationIn(history: readonly Entry[], plans: readonly Plan[]): string | undefined {
  const reference = new Reference();
  const expected = ({ plan, key, costs, does, now }: Entry) =>
    textOfOutcome(
      plans[plan],
      reference.decide(plans[plan], key, costs, does === "peek" ? "peek" : "consume", now),
    );
  const movable = history.filter(({ after, at }) => after < at).toSorted((a, b) => a.after - b.after);
  const open = new Set<Entry>();
  const answered = new Set<Entry>();
  let next = 0;
  for (const entry of history.toSorted((a, b) => a.at - b.at || a.place - b.place)) {
    for (; next < movable.length && movable[next].after < entry.at; next++) open.add(movable[next]);
    for (const peek of open) {
      if (expected(peek) !== peek.answer) continue;
      open.delete(peek);
      answered.add(peek);
    }
    open.delete(entry);
    if (entry.does === "reset") reference.reset(plans[entry.plan], entry.key);
    else if (!answered.has(entry)) {
      const answer = expected(entry);
      if (answer !== entry.answer) return `another answer:\n${tell(entry)}\ninstead of\n  ${answer}`;
    }
  }
}

function tell({ answer, ...entry }: Entry): string {
  return `${JSON.stringify(entry)}\n  ${answer}`;
}
