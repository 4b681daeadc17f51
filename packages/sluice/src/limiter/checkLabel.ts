import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";

/**
 * A namespace or a name: printable ASCII.
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkLabel(owner: string, option: string, value: unknown, longest: number): void {
  if (typeof value === "string" && value.length <= longest && /^[\x20-\x7e]+$/.test(value)) return;
  throw new ConfigurationError(
    "INVALID_OPTION",
    `${owner} ${option} must be 1 to ${longest} printable ASCII characters, not ${show(value)}`,
    { value, path: option },
  );
}
