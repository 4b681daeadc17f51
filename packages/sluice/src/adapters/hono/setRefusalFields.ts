import type { HeaderList } from "../../headers/HeaderList.ts";
import { joinRefusalFields } from "../../headers/joinFields.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import { OF_ANOTHER_BODY } from "../../headers/OF_ANOTHER_BODY.ts";

/** Adds the fields of a refusal to what was set before, nearly always nothing. */
export function setRefusalFields(there: Headers, fields: HeaderList): void {
  const isEmpty = there.keys().next().done === true;
  for (const [name, value] of isEmpty ? fields : makeWay(there, fields)) there.append(lowerCase(name), value);
}

/**
 * Lists and cookies grow, all else is replaced.
 * @returns what is to be added then
 */
function makeWay(there: Headers, fields: HeaderList): HeaderList {
  const joined = joinRefusalFields(fields, (name) => there.get(lowerCase(name)) ?? undefined);
  for (const name of OF_ANOTHER_BODY) there.delete(name);
  for (const [name] of joined) if (lowerCase(name) !== "set-cookie") there.delete(name);
  return joined;
}
