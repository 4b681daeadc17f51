import type { HeaderList } from "../../headers/HeaderList.ts";
import type { AnswerHead } from "../node/NodeShapes.ts";
import { setHeaders, setRefusalHeaders } from "../node/setHeaders.ts";
import { trpcHead } from "./trpcHead.ts";

/** What was told, and how much it leaves; a refusal leaves less than nothing. */
interface Told {
  readonly fields: HeaderList;
  readonly left: number;
}

const REFUSED = -1;

/**
 * What one middleware tells on answers. The calls of a batch have one answer, and a field that grew with each of them would soon be
 * too long: of them all it tells the last refusal, or the one that leaves least.
 */
export class ToldAnswers {
  readonly #told = new WeakMap<AnswerHead, Told>();

  /** @param left what remains after a call that passes */
  tell(context: unknown, fields: HeaderList, left: number): void {
    const head = trpcHead(context);
    const before = this.#told.get(head);
    if (before === undefined || left <= before.left)
      setHeaders(this.#headFor(head, { fields, left }), fields);
  }

  refuse(context: unknown, fields: HeaderList): void {
    setRefusalHeaders(this.#headFor(trpcHead(context), { fields, left: REFUSED }), fields);
  }

  /** The head as it would be if nothing had been told before. */
  #headFor(head: AnswerHead, told: Told): AnswerHead {
    const before = this.#told.get(head);
    this.#told.set(head, told);
    return before === undefined ? head : without(head, new Map(before.fields));
  }
}

function without(head: AnswerHead, told: ReadonlyMap<string, string>): AnswerHead {
  return {
    headersSent: head.headersSent,
    getHeader: (name) => lessThan(head.getHeader(name)?.toString(), told.get(name)),
    setHeader: (name, value) => head.setHeader(name, value),
  };
}

/** Only lists grow. */
function lessThan(there: string | undefined, told: string | undefined): string | undefined {
  if (there === undefined || told?.startsWith('"') !== true) return there;
  return `, ${there}, `.replace(`, ${told}, `, ", ").slice(2, -2);
}
