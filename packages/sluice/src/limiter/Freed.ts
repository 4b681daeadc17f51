import type { Key } from "./Limiter.ts";
import type { NamedPlan } from "./NamedPlan.ts";

/** Is told that something of a key may have come back. */
export type Freed = (named: NamedPlan, key: Key) => void;
