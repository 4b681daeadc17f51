/** FastAPI-Cap: six strategies, each a limiter for one route, by address and path; refusals as FastAPI words them. */
import express, { type RequestHandler } from "express";
import type { GuardOptions, LimitsInput } from "sluice";
import { decisionsOf, fixedWindow, gcra, header, leakyBucket, slidingLog, slidingWindow } from "sluice";
import { storeFromEnv, tokenBucket } from "sluice";
import { rateLimit } from "sluice/express";
import { fastapiCap } from "sluice/presets";

// In place of `Cap.init_app(url)`: SLUICE_STORE=redis://... Without it each process counts for itself.
const store = await storeFromEnv();
const namespace = process.env["PREFIX"] ?? "cap";

/** A limiter with its default key. Two of them share nothing, because their names differ. */
const limiter = (name: string, limits: LimitsInput, options: Omit<GuardOptions, "limits" | "rules"> = {}) =>
  rateLimit({
    rules: [{ limits, pool: "path" }],
    name,
    store,
    namespace,
    // As there, an error of Redis is one of the request.
    onStoreError: "throw",
    timeoutMs: 5_000,
    ...fastapiCap,
    ...options,
  });

const fixed = limiter("fixed", fixedWindow({ limit: 5, window: { minutes: 1 }, anchor: "first-call" }));
const sliding = limiter("sliding", slidingWindow({ limit: 5, window: { seconds: 30, minutes: 1 } }));
const token = limiter("token", tokenBucket({ capacity: 5, refill: ["3/m", "3/h"] }));
const leaky = limiter("leaky", leakyBucket({ capacity: 5, leak: "6/m" }));
const steady = limiter("gcra", gcra({ burst: 5, rate: "6/m" }));
const log = limiter("log", slidingLog({ limit: 5, window: { minutes: 1 } }));

const byUser = limiter("user", "2/m", { identify: header("x-user") });
const onLimit: GuardOptions["onLimit"] = () => ({ status: 503, headers: [["X-Why", "limit"]], body: "busy" });
const custom = limiter("custom", "2/m", { onLimit });

const app = express();
const ok: RequestHandler = (_request, response) => void response.json({ message: "ok" });
for (const [path, strategy] of Object.entries({ fixed, sliding, token, leaky, gcra: steady, log }))
  app.get(`/${path}`, strategy, ok);
app.get("/items/:id", custom, ok);
// Over the limit the handler runs all the same, and changes its response.
const soft = limiter("soft", "1/m", { onLimit: "pass" });
app.get("/soft", soft, (request, response) => {
  const late = decisionsOf(request).some(({ allowed }) => !allowed);
  response.set("X-Late", String(late)).json({ message: "ok" });
});
// In order: what the first refuses costs nothing of the second.
app.get("/me", byUser, limiter("stacked", "3/m"), ok);

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
