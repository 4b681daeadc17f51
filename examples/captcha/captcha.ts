/** A captcha that not even those who do not solve it can ask for without end: five at once, then ten a minute, by address. */
import { randomBytes } from "node:crypto";
import { rateLimiter, tokenBucket } from "sluice";
import { captchaApp } from "./captchaApp.ts";
import { Captchas } from "./Captchas.ts";

const captchas = new Captchas({
  secret: randomBytes(32).toString("hex"),
  rateLimiter: rateLimiter({ limits: tokenBucket({ capacity: 5, refill: "10/m" }) }),
});

const server = captchaApp(captchas).listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const address = server.address();
  console.log(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}`);
});
