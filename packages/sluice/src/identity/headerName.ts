import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";

/**
 * A header's name in lower case.
 * @param owner what asks, for the message: `apiKey`
 * @throws ConfigurationError `INVALID_OPTION` for what no header can be called
 */
export function headerName(owner: string, name: string): string {
  if (typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name.toLowerCase();
  throw new ConfigurationError("INVALID_OPTION", `${owner} needs the name of a header, not ${show(name)}`, {
    value: name,
  });
}
