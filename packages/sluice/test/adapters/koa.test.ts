import { createServer } from "node:http";
import { Readable } from "node:stream";
import Koa from "koa";
import { rateLimit } from "sluice/koa";
import { testAdapter } from "sluice/testing";
import { describe, test } from "vitest";
import { served } from "./exchange.ts";
import { mounted } from "./mounted.ts";

testAdapter(
  {
    name: "koa",
    serve(application, at) {
      const app = new Koa();
      app.silent = true;
      for (const limiter of mounted(application, rateLimit)) app.use(limiter);
      app.use(async (context) => {
        const { status = 200, headers = {}, body = "" } = await application.handler(context.path);
        context.status = status;
        context.set({ ...headers });
        context.body = typeof body === "string" ? body : Readable.from(body);
      });
      const listener = app.callback();
      return served(
        createServer((...exchange) => void listener(...exchange)),
        at,
      );
    },
  },
  { describe, test },
);
