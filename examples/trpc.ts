/** tRPC: a limit for all procedures of a user, a stricter one for one of them, and the wait in the error. */
import { initTRPC } from "@trpc/server";
import { createHTTPServer } from "@trpc/server/adapters/standalone";
import type { ServerResponse } from "node:http";
import { RateLimitExceededError } from "sluice";
import { rateLimit } from "sluice/trpc";

interface Context {
  readonly user: string;
  /** Where the fields go. */
  readonly res: ServerResponse;
}

const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error: { cause } }) => ({
    ...shape,
    retryAfterMs: cause instanceof RateLimitExceededError ? cause.retryAfterMs : undefined,
  }),
});

const key = ({ ctx }: { ctx: Context }) => ctx.user;
const limited = t.procedure.use(rateLimit({ limits: "5/m", key }));
const strict = limited.use(rateLimit({ limits: "2/m", name: "strict", key }));

const router = t.router({
  towns: limited.query(() => ["Ulm"]),
  found: strict.mutation(() => "founded"),
});

const server = createHTTPServer({
  router,
  // Stands for the session of a real application.
  createContext: ({ req, res }) => ({ user: String(req.headers["x-user"] ?? "nobody"), res }),
});

server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
