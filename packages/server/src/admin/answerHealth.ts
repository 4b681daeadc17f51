import type { Reply } from "sluice";
import { jsonReply } from "../reply/jsonReply.ts";
import type { Context } from "../serve/Context.ts";

/** `GET /healthz`: whether decisions can be made. */
export async function answerHealth({ store }: Context): Promise<Reply> {
  return (await store.isHealthy())
    ? jsonReply(200, { status: "ok" })
    : jsonReply(503, { status: "store unavailable" });
}
