import { findsAddressLike } from "./addresses/clientAddress.ts";
import type { Identify, Identity, IdentitySource } from "./Identity.ts";
import { severalSources } from "./severalSources.ts";
import { needsAddress, source } from "./source.ts";
import { whenReady } from "../units/whenReady.ts";

/**
 * The first source, in order, that finds somebody; later ones are not asked. An error of one ends the search: a
 * refused API key does not become an address.
 * @throws ConfigurationError `INVALID_OPTION` for fewer than two sources
 */
export function firstOf(...sources: readonly IdentitySource[]): Identify {
  const all = severalSources("firstOf", sources);
  const find = source(
    (request, warn) => {
      const search = (from: number): Identity | undefined | Promise<Identity | undefined> => {
        const find = all[from];
        return find && whenReady(find(request, warn), (found) => found ?? search(from + 1));
      };
      return search(0);
    },
    { needsAddress: all.some(needsAddress) },
  );
  return findsAddressLike(find, all);
}
