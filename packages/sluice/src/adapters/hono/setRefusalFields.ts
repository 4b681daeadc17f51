import { BODY_FIELDS } from "../../headers/bodyFields.ts";
import type { HeaderList } from "../../headers/HeaderList.ts";
import { joinRefusalFields } from "../../headers/joinFields.ts";
import { lowerCase } from "../../headers/lowerCase.ts";

/** Adds the fields of a refusal to what was set before, nearly always nothing. Lists and cookies grow, all else is replaced. */
export function setRefusalFields(there: Headers, fields: HeaderList): void {
  if (there.keys().next().done === true) return append(there, fields);
  const joined = joinRefusalFields(fields, (name) => there.get(lowerCase(name)) ?? undefined);
  for (const name of BODY_FIELDS) there.delete(name);
  for (const [name] of joined) if (lowerCase(name) !== "set-cookie") there.delete(name);
  append(there, joined);
}

function append(there: Headers, fields: HeaderList): void {
  for (const [name, value] of fields) there.append(lowerCase(name), value);
}
