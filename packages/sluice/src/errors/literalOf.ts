import { show } from "./show.ts";

/** What is longer is told by its keys. */
const LONGEST = 60;

/** Values of such names are never shown. */
const SECRET = /key|secret|token|password|auth|credential/i;

/**
 * A value as one may write it in a program; undefined for what is long or deep, and for what may hold a secret.
 * @param name what it is called where it stands
 */
export function literalOf(value: unknown, name: string = ""): string | undefined {
  if (typeof value === "function") return undefined;
  if (typeof value !== "object" || value === null) return show(value);
  const whole = SECRET.test(name) ? "" : Array.isArray(value) ? listOf(value) : recordOf(value);
  return whole === "" || whole.length > LONGEST ? undefined : whole;
}

function listOf(values: readonly unknown[]): string {
  return values.length > 0 && values.every(isPlain) ? `[${values.map(show).join(", ")}]` : "";
}

function recordOf(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  const entries = Object.entries(value);
  if ((prototype !== Object.prototype && prototype !== null) || entries.length === 0) return "";
  if (!entries.every(([name, each]) => isPlain(each) && !SECRET.test(name))) return "";
  return `{ ${entries.map(([name, each]) => `${name}: ${show(each)}`).join(", ")} }`;
}

function isPlain(value: unknown): boolean {
  return value === null || !["object", "function", "symbol"].includes(typeof value);
}
