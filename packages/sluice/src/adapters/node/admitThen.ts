import type { Guard } from "../../guard/guard.ts";
import { admit, type Exchange } from "./admit.ts";

/** Asks the guard, for frameworks that are told by a callback: nothing if the request goes on, or an error. */
export function admitThen(guard: Guard, exchange: Exchange, next: (error?: any) => void): void {
  let admitted: boolean | Promise<boolean>;
  try {
    admitted = admit(guard, exchange);
  } catch (error) {
    return next(error);
  }
  if (typeof admitted !== "boolean") void goOnLater(admitted, next);
  else if (admitted) next();
}

async function goOnLater(admitted: Promise<boolean>, next: (error?: any) => void): Promise<void> {
  let passes: boolean;
  try {
    passes = await admitted;
  } catch (error) {
    return next(error);
  }
  if (passes) next();
}
