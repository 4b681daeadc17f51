import { ConfigurationError } from "../../errors/ConfigurationError.ts";

export interface LoadedClient {
  readonly name: string;
  readonly module: Readonly<Record<string, unknown>>;
}

/**
 * The first of these packages that is installed. They are named by a variable, so that no bundler looks for those that
 * are not there.
 * @throws ConfigurationError `INVALID_OPTION` if none is
 */
export async function loadClient(server: string, packages: readonly string[]): Promise<LoadedClient> {
  for (const name of packages) {
    try {
      return { name, module: await import(/* webpackIgnore: true */ /* @vite-ignore */ name) };
    } catch (error) {
      if (!isMissing(error, name)) throw error;
    }
  }
  const [first, ...others] = packages;
  const message = `${server} needs a client: npm install ${first} (or ${others.join(" or ")})`;
  throw new ConfigurationError("INVALID_OPTION", message, { nearest: first });
}

/** The package itself, and not something that it needs. */
function isMissing(error: unknown, name: string): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  const isNotFound = error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND";
  return isNotFound && new RegExp(`['"]${name}['"]`).test(error.message);
}
