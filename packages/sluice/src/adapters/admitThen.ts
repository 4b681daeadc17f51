import type { Guard } from "../guard/guard.ts";
import { whenReady } from "../identity/whenReady.ts";
import { admit, type Exchange } from "./admit.ts";

/** Asks the guard, for frameworks that are told by a callback: nothing if the request goes on, or an error. */
export function admitThen(guard: Guard, exchange: Exchange, next: (error?: any) => void): void {
  let admitted: boolean | Promise<boolean>;
  try {
    admitted = admit(guard, exchange);
  } catch (error) {
    return next(error);
  }
  const goOn = (passes: boolean): void => (passes ? next() : undefined);
  void whenReady<boolean, void>(admitted, goOn, next);
}
