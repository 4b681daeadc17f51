import { ConfigurationError } from "../errors/ConfigurationError.ts";

const claims = new WeakMap<object, Map<string, Function>>();

/**
 * Two functions of the same name over one limiter or store would share their count without anybody having said so.
 * @param place the limiter or store; undefined where the function gets one of its own
 * @param advice what to say instead
 * @throws ConfigurationError `NAME_CLASH`
 */
export function claimName(owner: string, fn: Function, place: object | undefined, advice: string): void {
  if (place === undefined) return;
  const known = claims.get(place) ?? new Map<string, Function>();
  claims.set(place, known);
  if ((known.get(fn.name) ?? fn) !== fn) {
    const message = `${owner}: two functions are called ${JSON.stringify(fn.name)}; ${advice}`;
    throw new ConfigurationError("NAME_CLASH", message, {
      value: fn.name,
      nearest: `${fn.name}-2`,
      path: "name",
    });
  }
  known.set(fn.name, fn);
}
