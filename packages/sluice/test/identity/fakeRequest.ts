import type { Warning } from "../../src/events/Warning.ts";
import type { RequestInfo } from "../../src/identity/RequestInfo.ts";

/** A request from 127.0.0.1 with the given header lines. */
export function fakeRequest(
  headers: Record<string, string | readonly string[]> = {},
  remoteAddress: string | undefined = "127.0.0.1",
): RequestInfo & { reads: number } {
  const lines = (name: string): readonly string[] => {
    const value = Object.hasOwn(headers, name) ? headers[name] : [];
    return typeof value === "string" ? [value] : value;
  };
  return {
    method: "GET",
    target: "/",
    remoteAddress,
    native: undefined,
    reads: 0,
    header(name) {
      this.reads++;
      return lines(name).length === 0 ? undefined : lines(name).join(", ");
    },
    headerLines: (name) => lines(name).length,
  };
}

/** A warn function that keeps what it is told. */
export function keepWarnings(): { warn: (warning: Warning) => void; warnings: Warning[] } {
  const warnings: Warning[] = [];
  return { warn: (warning) => warnings.push(warning), warnings };
}

export function ignoreWarnings(): void {}
