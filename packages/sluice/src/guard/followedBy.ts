import { joinFields } from "../headers/joinFields.ts";
import type { Passage } from "./Passage.ts";

/** What became of a request that two guards saw: a refusal tells of its own limits only, as between two guards of an app. */
export function followedBy(first: Passage, next: Passage): Passage {
  const read = (name: string) =>
    first.headers.find(([there]) => there.toLowerCase() === name.toLowerCase())?.[1];
  const added = next.reply === undefined ? joinFields(next.headers, read) : next.headers;
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  return {
    reply: next.reply,
    headers: [...first.headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...added],
    identity: first.identity ?? next.identity,
    decided: [...first.decided, ...next.decided],
    answered: next.reply === undefined ? bothOf(first.answered, next.answered) : undefined,
    ended: next.reply === undefined ? bothEnded(first.ended, next.ended) : undefined,
  };
}

function bothOf(first: Passage["answered"], next: Passage["answered"]): Passage["answered"] {
  if (first === undefined || next === undefined) return first ?? next;
  return async (status) => void (await Promise.all([first(status), next(status)]));
}

function bothEnded(first: Passage["ended"], next: Passage["ended"]): Passage["ended"] {
  if (first === undefined || next === undefined) return first ?? next;
  return async () => void (await Promise.all([first(), next()]));
}
