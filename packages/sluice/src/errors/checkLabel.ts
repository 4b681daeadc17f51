import { invalidOption } from "./invalidOption.ts";

/**
 * A namespace or a name: printable ASCII.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkLabel(owner: string, option: string, value: unknown, longest: number): void {
  if (isLabel(value, longest)) return;
  throw invalidOption(owner, option, value, `1 to ${longest} printable ASCII characters`);
}

/** Whether it can be a namespace or a name. */
export function isLabel(value: unknown, longest: number): value is string {
  return typeof value === "string" && value.length <= longest && /^[\x20-\x7e]+$/.test(value);
}
