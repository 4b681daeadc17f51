import { invalidOption } from "../errors/invalidOption.ts";
import { standingAt } from "../errors/standingAt.ts";
import type { BlockPlan } from "../stores/Store.ts";
import { durationMs } from "../units/duration.ts";
import type { Rule } from "./Rule.ts";

/**
 * The block that a rule starts. A dry run starts none.
 * @throws ConfigurationError
 */
export function readBlock(
  owner: string,
  { blockFor, blockScope = "namespace" }: Rule,
  isDryRun: boolean,
  { pool, rule }: { readonly pool: string; readonly rule: string },
): BlockPlan {
  const scopes: Record<string, string> = { namespace: "", pool: `pool ${pool}`, rule: `rule ${rule}` };
  if (!Object.hasOwn(scopes, blockScope)) {
    throw invalidOption(owner, "blockScope", blockScope, `"namespace", "pool" or "rule"`, "namespace");
  }
  const duration =
    blockFor === undefined ? 0 : standingAt(owner, "blockFor", () => durationMs("blockFor", blockFor) * 1000);
  return { scope: scopes[blockScope], duration: isDryRun ? 0 : duration };
}
