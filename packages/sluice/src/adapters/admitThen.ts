import type { Guard } from "../guard/guard.ts";
import { admit, type Exchange } from "./admit.ts";

/** Asks the guard, for frameworks that are told by a callback: nothing if the request goes on, or an error. */
export async function admitThen(
  guard: Guard,
  exchange: Exchange,
  next: (error?: any) => void,
): Promise<void> {
  let passes = false;
  try {
    passes = await admit(guard, exchange);
  } catch (error) {
    return next(error);
  }
  if (passes) next();
}
