import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import { isToken } from "../units/isToken.ts";

/**
 * A header's name in lower case.
 * @param owner what asks, for the message: `apiKey`
 * @throws ConfigurationError `INVALID_OPTION` for what no header can be called
 */
export function headerName(owner: string, name: string): string {
  if (isToken(name)) return name.toLowerCase();
  throw new ConfigurationError("INVALID_OPTION", `${owner} needs the name of a header, not ${show(name)}`, {
    value: name,
  });
}
