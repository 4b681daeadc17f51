/** The package declares nothing. */
declare module "koa-ratelimit" {
  import type { Context, Middleware } from "koa";

  export default function koaRateLimit(options: {
    driver: "memory";
    db: Map<string, unknown>;
    duration: number;
    max: number;
    id: (context: Context) => string;
  }): Middleware;
}
