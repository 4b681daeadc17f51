import type { Reply } from "sluice";
import type { Context } from "../serve/Context.ts";

/** `GET /metrics`: what Prometheus reads. */
export async function answerMetrics({ metrics: { registry } }: Context): Promise<Reply> {
  return { status: 200, headers: [["Content-Type", registry.contentType]], body: await registry.metrics() };
}
