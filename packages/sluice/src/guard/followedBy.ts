import { joinFields } from "../headers/joinFields.ts";
import type { Passage } from "./guard.ts";

/** What became of a request that two guards saw: a refusal tells of its own limits only, as between two guards of an app. */
export function followedBy(first: Passage, next: Passage): Passage {
  const read = (name: string) =>
    first.headers.find(([there]) => there.toLowerCase() === name.toLowerCase())?.[1];
  const added = next.reply === undefined ? joinFields(next.headers, read, false) : next.headers;
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  return {
    reply: next.reply,
    headers: [...first.headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...added],
    identity: first.identity ?? next.identity,
    decided: [...first.decided, ...next.decided],
  };
}
