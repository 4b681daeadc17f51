/** Requests and tokens of a language model, decided together: what does not fit both costs neither. */
import { rateLimiter, slidingWindow, tokenBucket } from "sluice";

const budget = rateLimiter({
  limits: [
    slidingWindow({ limit: 60, window: "1m", name: "requests" }),
    tokenBucket({ capacity: 2_000, refill: "2000/m", name: "tokens" }),
  ],
});

for (const tokens of [1_500, 700, 400]) {
  const { allowed, limits } = await budget.consume("tenant:acme", { cost: { tokens } });
  console.log(
    `${tokens} tokens: ${allowed ? "go" : "wait"} (${limits.map(({ name, remaining }) => `${remaining} ${name}`).join(", ")})`,
  );
}
