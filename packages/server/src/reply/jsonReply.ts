import type { HeaderList, Reply } from "sluice";

/** A reply with a JSON body. Infinity, which JSON has not, is null. */
export function jsonReply(status: number, body: unknown, headers: HeaderList = []): Reply {
  const own: HeaderList = [
    ["Cache-Control", "no-store"],
    ["Content-Type", "application/json"],
  ];
  return { status, headers: [...headers, ...own], body: `${JSON.stringify(body)}\n` };
}
