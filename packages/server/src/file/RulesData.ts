import type { GuardOptions, Rule } from "sluice";
import type { SourceData } from "./sourceOf.ts";

/** A rule as a file has it, once it fits the schema. */
export interface RuleData extends Omit<Rule, "path" | "limits" | "cost" | "skip" | "countOnly" | "onLimit"> {
  readonly path?: string | { readonly regexp: string };
  readonly limits?: unknown;
  readonly cost?: number | Readonly<Record<string, number>>;
}

/** What a file says of all rules together, in the words of the library. */
export type SharedOptions = Pick<
  GuardOptions,
  | "namespace"
  | "headers"
  | "partitionKey"
  | "exposeHeaders"
  | "allow"
  | "deny"
  | "onMissingIdentity"
  | "onStoreError"
  | "timeoutMs"
  | "replicas"
  | "dryRun"
>;

/** A whole file, once it fits the schema. */
export interface RulesData extends SharedOptions {
  readonly rules: readonly RuleData[];
  readonly identify?: SourceData | readonly SourceData[];
}
