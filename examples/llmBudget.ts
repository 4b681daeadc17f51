/** A tenant's budget for a language model: what an answer can take at most is reserved, what it took is paid afterwards. */
import assert from "node:assert/strict";
import { fixedWindow, memoryStore, rateLimiter, tokenBucket } from "sluice";
import { manualClock } from "sluice/testing";
import { fakeModel } from "./fakeModel.ts";

const [A_MINUTE, A_DAY] = [20_000, 50_000];
const clock = manualClock(); // Makes the same figures each time. Yours is that of the store.
const budget = rateLimiter({
  limits: [
    tokenBucket({ capacity: 60, refill: "60/m", name: "requests" }),
    tokenBucket({ capacity: A_MINUTE, refill: "20000/m", name: "tokens" }),
    fixedWindow({ limit: A_DAY, window: "1d", name: "daily" }),
  ],
  store: memoryStore({ clock }),
});
const spent = { minute: 0, day: 0 };

async function ask(tenant: string, prompt: string): Promise<string> {
  const promptTokens = Math.ceil(prompt.length / 4);
  const most = promptTokens + 1000;
  // The ttl is longer than any answer takes. What is not named costs 1: the request.
  const hold = await budget.reserve(tenant, { cost: { tokens: most, daily: most }, ttl: "10m" });
  if (!hold.allowed) return "refused";
  let used = 0;
  try {
    for await (const { tokens } of fakeModel(prompt, 1000)) used += tokens;
    return "answered";
  } catch {
    return used === 0 ? "failed" : "broke off";
  } finally {
    // If nothing came nothing is paid, not even the request. Else the prompt is, and what came.
    const paid = used === 0 ? 0 : promptTokens + used;
    spent.minute += paid;
    spent.day += paid;
    assert(spent.minute <= A_MINUTE && spent.day <= A_DAY, "over budget");
    await (paid === 0 ? hold.cancel() : hold.settle({ tokens: paid, daily: paid }));
  }
}

for (let minute = 1; minute <= 3; minute++) {
  spent.minute = 0;
  const outcomes = { answered: 0, refused: 0, failed: 0, "broke off": 0 } as Record<string, number>;
  const users = ["ann", "bob", "cem", "dan"].map(async (name) => {
    for (let i = 0; i < 12; i++) outcomes[await ask("acme", `${name} asks in ${minute} for ${i}`)]++;
  });
  await Promise.all(users);
  // What was reserved too much is back, to the token.
  const { limits } = await budget.peek("acme", { cost: 0 });
  assert.deepEqual(
    [limits[1]?.remaining, limits[2]?.remaining],
    [A_MINUTE - spent.minute, A_DAY - spent.day],
  );
  const told = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  console.log(`minute ${minute}: ${told.join(", ")}; ${spent.minute} tokens, ${spent.day} today`);
  clock.advance("1m");
}
