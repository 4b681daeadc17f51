import { randomInt } from "node:crypto";
import { type Challenge, createChallenge, type Payload, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { type Acquirer, noLimit } from "sluice";

const LIFE_MS = 10 * 60_000;

export interface CaptchasOptions {
  secret: string;
  /** Asked before anything is done, so that nobody fills the memory. Default: everybody is welcome. */
  rateLimiter?: Acquirer;
}

/** Captchas that a browser solves by work. Each counts once. */
export class Captchas {
  readonly #secret: string;
  readonly #limiter: Acquirer;
  /** Those that nobody has solved yet, oldest first, by signature, and until when they are good. */
  readonly #open = new Map<string, number>();
  #issued = 0;

  constructor({ secret, rateLimiter = noLimit() }: CaptchasOptions) {
    this.#secret = secret;
    this.#limiter = rateLimiter;
  }

  /** @throws RateLimitExceededError; then nothing was made, kept or counted */
  async issue(client: string): Promise<Challenge> {
    await this.#limiter.acquire(client);
    const expiresAt = Date.now() + LIFE_MS;
    const challenge = await createChallenge({
      algorithm: "PBKDF2/SHA-256",
      cost: 1_000,
      counter: randomInt(50, 100),
      deriveKey,
      expiresAt: new Date(expiresAt),
      hmacSignatureSecret: this.#secret,
    });
    for (const [signature, until] of this.#open) {
      if (until > Date.now()) break;
      this.#open.delete(signature);
    }
    this.#open.set(challenge.signature ?? "", expiresAt);
    this.#issued++;
    return challenge;
  }

  /** Needs no limit: what was not issued is not looked at. */
  async verify({ challenge, solution }: Partial<Payload>): Promise<boolean> {
    if (challenge === undefined || solution === undefined) return false;
    // Whoever comes first takes it: of two that answer at once only one is right.
    if (!this.#open.delete(challenge.signature ?? "")) return false;
    const hmacSignatureSecret = this.#secret;
    return (await verifySolution({ challenge, solution, deriveKey, hmacSignatureSecret })).verified;
  }

  count(): { issued: number; open: number } {
    return { issued: this.#issued, open: this.#open.size };
  }
}
