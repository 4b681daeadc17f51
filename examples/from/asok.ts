/** Asok: limits by string, for the application and for a route, a check inside a handler, and one page for 429. */
import express, { type ErrorRequestHandler } from "express";
import { type Decision, type GuardOptions, RateLimitExceededError, rateLimiter, storeFromEnv } from "sluice";
import { rateLimit } from "sluice/express";
import { asok } from "sluice/presets";

// In place of ASOK_CACHE_BACKEND: SLUICE_STORE is memory, sqlite:PATH (one host) or redis://... (all hosts).
const shared = { store: await storeFromEnv(), namespace: "asok" };

/** Every refusal is a line of the security log, and the same page. */
const onLimit: GuardOptions["onLimit"] = (refusal) => {
  const { method, target } = refusal.request;
  const [{ key, limit, retryAfterMs }] = refusal.decisions as [Decision];
  const wait = Math.ceil(retryAfterMs / 1000);
  console.error(`${method} ${target} ${key} over its limit of ${limit}, wait ${wait} s`);
  return asok.onLimit(refusal);
};
const limited = (name: string, limits: NonNullable<GuardOptions["limits"]>) =>
  rateLimit({ ...asok, ...shared, name, limits, onLimit });

const app = express();
app.use(limited("all", "100/m"));
app.get("/about", (_request, response) => void response.send("about us"));
app.post("/login", limited("login", "5/m"), (_request, response) => void response.send("welcome"));

// `request.rate_limit("3/day")`: the check comes first, and who catches it answers his own way.
const contact = rateLimiter({ limits: "3/day", ...shared, name: "contact" });
let sent = 0;
app.post("/contact", async (request, response) => {
  try {
    await contact.acquire(request.ip ?? "unknown");
  } catch (error) {
    if (!(error instanceof RateLimitExceededError)) throw error;
    response.send("You wrote enough for today.");
    return;
  }
  response.send(`Thank you for message ${++sent}.`);
});

// Who does not catch it gets the page.
const quick = rateLimiter({ limits: "1/m", ...shared, name: "quick" });
app.post("/quick", async (request, response) => {
  await quick.acquire(request.ip ?? "unknown");
  response.send("done");
});
const errorPage: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof RateLimitExceededError)) return next(error);
  const { headers } = error;
  const page = `<h1>429 Too Many Requests</h1><p>Retry in ${headers["Retry-After"]}s.</p>`;
  response.status(429).set(headers).send(page);
};
app.use(errorPage);

const server = app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
