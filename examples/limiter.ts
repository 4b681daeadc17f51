/** The shortest use: three calls a minute for one key, and what a decision says. */
import { rateLimiter } from "sluice";

const limiter = rateLimiter({ limits: "3/m" });

for (let call = 1; call <= 4; call++) {
  const { allowed, remaining, retryAfterMs } = await limiter.consume("user:42");
  console.log(
    allowed
      ? `call ${call}: ${remaining} left`
      : `call ${call}: try again in ${Math.ceil(retryAfterMs / 1000)} s`,
  );
}
