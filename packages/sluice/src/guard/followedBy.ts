import type { HeaderList } from "../headers/HeaderList.ts";
import { joinFields, joinRefusalFields } from "../headers/joinFields.ts";
import { lowerCase } from "../headers/lowerCase.ts";
import type { Reply } from "../headers/Reply.ts";
import type { Passage } from "./Passage.ts";

/** What became of a request that two guards saw, told as two guards of an app tell it. */
export function followedBy(first: Passage, next: Passage): Passage {
  return {
    reply: replyAfter(first.headers, next),
    headers: beside(first.headers, next.headers, joinFields),
    identity: first.identity ?? next.identity,
    decided: [...first.decided, ...next.decided],
    answered: next.reply === undefined ? bothOf(first.answered, next.answered) : undefined,
    ended: next.reply === undefined ? bothEnded(first.ended, next.ended) : undefined,
  };
}

/** A reply that tells less than its guard would is the application's own, and whole. */
function replyAfter(there: HeaderList, { reply, headers }: Passage): Reply | undefined {
  if (reply === undefined) return undefined;
  const tells = new Set(reply.headers.map(([name]) => lowerCase(name)));
  if (!headers.every(([name]) => tells.has(lowerCase(name)))) return reply;
  return { ...reply, headers: beside(there, reply.headers, joinRefusalFields) };
}

function beside(there: HeaderList, fields: HeaderList, join: typeof joinFields): HeaderList {
  const read = (name: string) => there.find(([known]) => lowerCase(known) === lowerCase(name))?.[1];
  const joined = join(fields, read);
  const replaced = new Set(joined.map(([name]) => lowerCase(name)));
  return [...there.filter(([name]) => !replaced.has(lowerCase(name))), ...joined];
}

function bothOf(first: Passage["answered"], next: Passage["answered"]): Passage["answered"] {
  if (first === undefined || next === undefined) return first ?? next;
  return async (status) => void (await Promise.all([first(status), next(status)]));
}

function bothEnded(first: Passage["ended"], next: Passage["ended"]): Passage["ended"] {
  if (first === undefined || next === undefined) return first ?? next;
  return async () => void (await Promise.all([first(), next()]));
}
