import type { IncomingMessage } from "node:http";
import type { Reply } from "sluice";
import { problemReply } from "../reply/problemReply.ts";
import type { Context } from "../serve/Context.ts";
import { answerConsume } from "./answerConsume.ts";
import { answerHealth } from "./answerHealth.ts";
import { answerMetrics } from "./answerMetrics.ts";
import { isOwnHost } from "./isOwnHost.ts";

type Answer = (context: Context, request: IncomingMessage) => Promise<Reply>;

const ROUTES: Record<string, { readonly methods: readonly string[]; readonly answer: Answer }> = {
  "/healthz": { methods: ["GET", "HEAD"], answer: answerHealth },
  "/metrics": { methods: ["GET", "HEAD"], answer: answerMetrics },
  "/v1/consume": { methods: ["POST"], answer: answerConsume },
};

/** The routes of the admin port. The answers never reject. */
export function adminHandler(context: Context): (request: IncomingMessage) => Promise<Reply> {
  return async (request) => {
    if (!isOwnHost(request)) {
      return problemReply(421, {
        detail: "this Host is not a name of the admin port, which listens on loopback only",
      });
    }
    const [path = ""] = (request.url ?? "").split("?");
    const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
    if (route === undefined)
      return problemReply(404, { detail: `there are ${Object.keys(ROUTES).join(", ")}` });
    if (!route.methods.includes(request.method ?? ""))
      return problemReply(405, {}, [["Allow", route.methods.join(", ")]]);
    return route.answer(context, request);
  };
}
