import type { Limit } from "../../algorithms/Limit.ts";
import { checkOptions } from "../../errors/checkOptions.ts";
import { ConfigurationError } from "../../errors/ConfigurationError.ts";
import { show } from "../../errors/show.ts";
import type { Costs } from "../../stores/Store.ts";
import { durationMs } from "../../units/duration.ts";
import type { NamedPlan } from "../NamedPlan.ts";
import { readCost } from "../readCost.ts";
import type { ReserveOptions } from "./Hold.ts";

/** What is to be reserved, checked and with its defaults. */
export interface ReserveRequest {
  readonly id: string;
  readonly ttlMs: number;
  readonly costs: Costs;
}

const DEFAULT_TTL_MS = 60_000;

/** @throws ConfigurationError `UNKNOWN_OPTION`, `INVALID_OPTION`, `INVALID_COST`, `INVALID_DURATION` */
export function readReserve(
  { names, plan }: Pick<NamedPlan, "names" | "plan">,
  options: ReserveOptions = {},
): ReserveRequest {
  checkOptions("reserve", options, ["cost", "ttl", "id"]);
  const { cost, ttl, id = crypto.randomUUID() } = options;
  checkId(id);
  const ttlMs = ttl === undefined ? defaultTtl(plan.limits) : durationMs("reserve ttl", ttl);
  return { id, ttlMs, costs: readCost(cost, names) };
}

/** @throws ConfigurationError `INVALID_OPTION` */
export function checkId(id: unknown): void {
  if (typeof id === "string" && id !== "") return;
  const message = `the id of a reservation must be a non-empty string, not ${show(id)}`;
  throw new ConfigurationError("INVALID_OPTION", message, { value: id, path: "id" });
}

function defaultTtl(limits: readonly Limit[]): number {
  const leases = limits.filter(({ isLease }) => isLease).map(({ windowMs }) => windowMs);
  return leases.length === 0 ? DEFAULT_TTL_MS : Math.min(...leases);
}
