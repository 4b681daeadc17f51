import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { optionPath } from "../errors/optionPath.ts";
import { slotName } from "./slotName.ts";
import type { Limit } from "./Limit.ts";

/**
 * The names by which the limits of one call are told apart: their own; else `"default"` for a single one, else
 * their text and subject.
 * @throws ConfigurationError `NAME_CLASH` if two are called the same, or would share one state
 */
export function nameLimits(owner: string, limits: readonly Limit[]): readonly string[] {
  const names = limits.map((limit) => limit.name ?? (limits.length === 1 ? "default" : textOf(limit)));
  const states = limits.map(slotName);
  limits.forEach((_, i) => {
    const twin = names.indexOf(names[i]) < i ? names.indexOf(names[i]) : states.indexOf(states[i]);
    if (twin === i) return;
    throw new ConfigurationError(
      "NAME_CLASH",
      `${owner}: limits ${twin + 1} and ${i + 1} (${names[i]}) cannot be told apart; give each a name: { name: "..." }`,
      { value: names[i], nearest: `${names[i]} ${i + 1}`, path: optionPath(owner, `limits[${i}].name`) },
    );
  });
  return names;
}

function textOf({ text, by }: Limit): string {
  return by === undefined ? text : `${text} by ${by}`;
}
