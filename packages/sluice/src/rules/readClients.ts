import { standingAt } from "../errors/standingAt.ts";
import { type ClientSet, clientSet, eitherSet } from "./clientSet.ts";
import type { Clients } from "./Clients.ts";
import type { Rule } from "./Rule.ts";

/** Who is on the lists of a rule; undefined: nobody. */
export interface ClientSets {
  readonly allow: ClientSet | undefined;
  readonly deny: ClientSet | undefined;
}

/**
 * The lists of a rule, or of a guard, which hold for all its rules.
 * @param owner what has them, for messages: `rules[2]`, `rateLimit`
 */
export function readClients(
  owner: string,
  { allow, deny }: Pick<Rule, keyof ClientSets>,
  defaults: Partial<ClientSets> = {},
): ClientSets {
  const read = (name: "allow" | "deny", clients: Clients | undefined) =>
    eitherSet(
      clients === undefined
        ? undefined
        : standingAt(owner, name, () => clientSet(`${owner}.${name}`, clients)),
      defaults[name],
    );
  return { allow: read("allow", allow), deny: read("deny", deny) };
}
