import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { rateLimit } from "sluice/hono";
import { testAdapter } from "sluice/testing";
import { describe, test } from "vitest";
import { served } from "./exchange.ts";
import { mounted } from "./mounted.ts";
import { toResponse } from "./toResponse.ts";

testAdapter(
  {
    name: "hono",
    serve(application, at) {
      const app = new Hono();
      app.onError((error, context) =>
        "getResponse" in error
          ? (error as never as { getResponse(): Response }).getResponse()
          : context.text("failed", 500),
      );
      for (const limiter of mounted(application, rateLimit)) app.use(limiter);
      app.all("*", async (context) => toResponse(await application.handler(context.req.path)));
      return served(createAdaptorServer({ fetch: app.fetch }), at);
    },
  },
  { describe, test },
);
