import { StoreError } from "../../errors/StoreError.ts";

/** Whoever asks whether a server is there wants to know soon, however long its client would wait. */
const PING_MS = 5000;

/**
 * @param name of the server, for the message
 * @throws StoreError `STORE_TIMEOUT` after 5 seconds
 */
export function inTime(name: string, ping: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const message = `${name} did not answer within ${PING_MS} ms`;
    timer = setTimeout(() => reject(new StoreError("STORE_TIMEOUT", message)), PING_MS);
  });
  return Promise.race([ping, tooLate]).finally(() => clearTimeout(timer));
}
