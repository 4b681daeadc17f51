import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { show } from "../errors/show.ts";
import { fieldOf } from "./fieldOf.ts";
import type { HeaderTemplate } from "./HeaderStyle.ts";

/**
 * Refuses limits that a template tells in the same field: `a b` and `a"b` are both spelt `a-b`.
 * @param owner what has the limits, for messages: `rules[2]`
 * @param names of the limits
 * @throws ConfigurationError `NAME_CLASH`
 */
export function checkFieldNames(owner: string, template: HeaderTemplate, names: readonly string[]): void {
  const { limit, remaining, reset } = template;
  const told = [limit, remaining, reset].filter((field) => field !== undefined);
  const fields = told
    .flatMap((field) => (field.includes("{name}") ? names.map((name) => fieldOf(field, name)) : [field]))
    .map((field) => field.toLowerCase());
  const twice = fields.find((field, i) => fields.indexOf(field) < i);
  if (twice === undefined) return;
  const message = `${owner}: the limits ${names.map(show).join(", ")} are told twice in ${twice}; give them names that stay apart in that of a header`;
  throw new ConfigurationError("NAME_CLASH", message, { value: twice, path: optionPath(owner, "limits") });
}
