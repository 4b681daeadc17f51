import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Reply } from "../../headers/Reply.ts";

/**
 * Refuses what no head of an answer can hold, before anything of it is told.
 * @throws TypeError that of node:http
 */
export function checkFields({ headers }: Pick<Reply, "headers">): void {
  for (const [name, value] of headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}
