import { findsAddressLike } from "./addresses/clientAddress.ts";
import type { Identify, Identity, IdentitySource } from "./Identity.ts";
import { joinKeys } from "./joinKeys.ts";
import { severalSources } from "./severalSources.ts";
import { needsAddress, source } from "./source.ts";
import { whenReady } from "../units/whenReady.ts";

/**
 * One identity of several: all sources must find somebody, else nobody is found. The keys are joined with `|`, and
 * `|` and `\` inside a key are escaped, so different parts never give the same key. The group is the first that is
 * not `"default"`.
 * @throws ConfigurationError `INVALID_OPTION` for fewer than two sources
 */
export function combine(...sources: readonly IdentitySource[]): Identify {
  const all = severalSources("combine", sources);
  const find = source(
    (request, warn) => {
      const gather = (parts: readonly Identity[]): Identity | undefined | Promise<Identity | undefined> => {
        const find = all[parts.length];
        if (find === undefined) return join(parts);
        return whenReady(find(request, warn), (part) => part && gather([...parts, part]));
      };
      return gather([]);
    },
    { needsAddress: all.some(needsAddress) },
  );
  return findsAddressLike(find, all);
}

function join(parts: readonly Identity[]): Identity {
  return {
    key: joinKeys(parts.map(({ key }) => key)),
    group: parts.find(({ group }) => group !== "default")?.group ?? "default",
  };
}
