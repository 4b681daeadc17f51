import { invalidOption } from "../errors/invalidOption.ts";

/**
 * Which requests are counted, by their answers. `"failed"`: with a status of 400 or more, or with none, since the handler
 * failed or the client went away. `"successful"`: all others.
 */
export type CountOnly = "failed" | "successful";

/** @param status of the answer; undefined if there was none that the client has whole */
export function counts(countOnly: CountOnly, status: number | undefined): boolean {
  return (status === undefined || status >= 400) === (countOnly === "failed");
}

/**
 * Checks the option.
 * @param owner what has it, for messages: `rules[2]`
 * @throws ConfigurationError `INVALID_OPTION`
 */
export function checkCountOnly(owner: string, value: CountOnly | undefined): void {
  if (value === undefined || value === "failed" || value === "successful") return;
  throw invalidOption(owner, "countOnly", value, '"failed" or "successful"', "failed");
}
