import { Readable } from "node:stream";
import fastify from "fastify";
import { rateLimit } from "sluice/fastify";
import { testAdapter } from "sluice/testing";
import { describe, test } from "vitest";

testAdapter(
  {
    name: "fastify",
    async serve({ guards, mounts, handler }, at) {
      const app = fastify();
      for (const options of guards) {
        const limiter = rateLimit(options);
        for (let i = 0; i < mounts; i++) app.addHook("onRequest", limiter);
      }
      app.all("*", async (request, reply) => {
        const { status = 200, headers = {}, body = "" } = await handler(request.url);
        return reply
          .code(status)
          .headers(headers)
          .send(typeof body === "string" ? body : Readable.from(body));
      });
      await app.listen(at);
      const address = app.server.address();
      return { ...(typeof address === "object" && { port: address!.port }), close: () => app.close() };
    },
    answersItself: ["/%E0%A4%A", "/%"],
  },
  { describe, test },
);
