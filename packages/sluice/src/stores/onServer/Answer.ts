import type { StoreError } from "../../errors/StoreError.ts";
import type { Outcome } from "../Store.ts";

/** Takes the outcome of a call, by its place among those that were sent, or why it has none. */
export type Answer = (place: number, outcome: Outcome | StoreError) => void;
