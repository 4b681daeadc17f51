import { messageOf } from "../../errors/messageOf.ts";
import { isSluiceError } from "../../errors/SluiceError.ts";
import { StoreError } from "../../errors/StoreError.ts";

/** What a store threw, as a fault of the store; undefined if it is none: that it was closed, or a wrong argument. */
export function faultOf(error: unknown): StoreError | undefined {
  if (error instanceof StoreError && error.code !== "STORE_CLOSED") return error;
  if (isSluiceError(error)) return undefined;
  return new StoreError("STORE_FAILED", `the store failed: ${messageOf(error)}`, error);
}
