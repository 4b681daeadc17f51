import { draw } from "./draw.ts";
import { limits } from "./limits.ts";
import { observe } from "./observe.ts";
import { titleOf } from "./titleOf.ts";

/** Every picture of the guide, by the name of its file. */
export async function pictures(): Promise<Map<string, string>> {
  const drawn = new Map<string, string>();
  for (const [name, limit] of Object.entries(limits)) {
    drawn.set(`${name}.svg`, await draw(titleOf(name), observe(limit)));
  }
  return drawn;
}
