import type { HeaderList } from "../../headers/HeaderList.ts";

/** Fields that ws sends by itself, unless it is given others of just this spelling. */
const OF_WS = ["Connection", "Content-Type", "Content-Length"];

/**
 * Fields as ws takes them: one value for each name, which it writes as it is. So the lines of one name are one value with line
 * ends in it.
 * @param headers looked at by `checkFields` before
 */
export function wsFields(headers: HeaderList): Record<string, string> {
  const spelled = new Map(OF_WS.map((name) => [name.toLowerCase(), name]));
  const fields = new Map<string, string>();
  for (const [given, value] of headers) {
    const name = spelled.get(given.toLowerCase()) ?? given;
    spelled.set(given.toLowerCase(), name);
    const there = fields.get(name);
    fields.set(name, there === undefined ? value : `${there}\r\n${name}: ${value}`);
  }
  return Object.fromEntries(fields);
}
