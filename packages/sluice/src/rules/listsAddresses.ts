import type { CompiledRule } from "./compileRule.ts";

/** Whether a rule allows or denies clients by their address. */
export function listsAddresses({ allow, deny }: CompiledRule): boolean {
  return allow?.hasAddresses === true || deny?.hasAddresses === true;
}
