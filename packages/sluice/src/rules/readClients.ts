import { standingAt } from "../errors/standingAt.ts";
import { type ClientSet, clientSet, eitherSet } from "./clientSet.ts";
import type { Clients } from "./Clients.ts";
import type { Rule } from "./Rule.ts";

/** Who is on the lists of a rule; undefined: nobody. */
export interface ClientSets {
  readonly allow: ClientSet | undefined;
  readonly deny: ClientSet | undefined;
}

/** The lists of the guard hold for all its rules. */
export function readClients(owner: string, rule: Rule, defaults: Partial<ClientSets>): ClientSets {
  const read = (name: "allow" | "deny", clients: Clients | undefined) =>
    eitherSet(
      clients === undefined
        ? undefined
        : standingAt(owner, name, () => clientSet(`${owner}.${name}`, clients)),
      defaults[name],
    );
  return { allow: read("allow", rule.allow), deny: read("deny", rule.deny) };
}
