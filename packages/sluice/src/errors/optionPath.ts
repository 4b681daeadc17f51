/**
 * Where an option stands in what the user wrote: `rules[2].limits`, or `limits` of the function that was called.
 * @param owner what has the option, as messages call it: `rules[2]`, `rateLimit`, `rateLimit.allow`
 */
export function optionPath(owner: string, option: string): string {
  if (owner.startsWith("rules[")) return `${owner}.${option}`;
  const [, ...steps] = owner.split(".");
  return [...steps, option].join(".");
}
