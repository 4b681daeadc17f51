/**
 * The budget of a tenant for a language model: requests a minute, tokens a minute and tokens a day. The most that an answer
 * can take is reserved before the call, and what it took is paid afterwards, so that users at once never go over.
 */
import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { fixedWindow, memoryStore, rateLimiter, tokenBucket } from "sluice";
import { manualClock } from "sluice/testing";

const A_MINUTE = 20_000;
const A_DAY = 50_000;

// A clock that we move makes the same figures each time. Yours is that of the store.
const clock = manualClock();
const budget = rateLimiter({
  limits: [
    tokenBucket({ capacity: 60, refill: "60/m", name: "requests" }),
    tokenBucket({ capacity: A_MINUTE, refill: "20000/m", name: "tokens" }),
    fixedWindow({ limit: A_DAY, window: "1d", name: "daily" }),
  ],
  store: memoryStore({ clock }),
});

/** Stands for a model: it streams pieces, nobody knows how many, and is overloaded or breaks off now and then. */
async function* model(prompt: string, maxTokens: number): AsyncGenerator<{ tokens: number }> {
  const wish = hash(prompt);
  await turn();
  if (wish % 11 === 0) throw new Error("overloaded");
  for (let tokens = 0; tokens < Math.min(wish % 1200, maxTokens); tokens += 50) {
    if (wish % 13 === 0 && tokens >= 200) throw new Error("broke off");
    yield { tokens: 50 };
    await turn();
  }
}

async function ask(tenant: string, prompt: string, maxTokens: number): Promise<string> {
  const promptTokens = Math.ceil(prompt.length / 4);
  const most = promptTokens + maxTokens;
  // The ttl is longer than any answer takes. What is not named costs 1, which here is the request.
  const hold = await budget.reserve(tenant, { cost: { tokens: most, daily: most }, ttl: "10m" });
  if (!hold.allowed) return "refused";
  let used = 0;
  try {
    for await (const { tokens } of model(prompt, maxTokens)) used += tokens;
    return "answered";
  } catch {
    return used === 0 ? "failed" : "broke off";
  } finally {
    // Nothing came of it: nothing is paid, not even the request. Else the prompt is, and what came.
    const paid = promptTokens + used;
    if (used > 0) spend(paid);
    await (used === 0 ? hold.cancel() : hold.settle({ tokens: paid, daily: paid }));
  }
}

let spentInMinute = 0;
let spentInDay = 0;

function spend(tokens: number): void {
  spentInMinute += tokens;
  spentInDay += tokens;
  assert(spentInMinute <= A_MINUTE && spentInDay <= A_DAY, "over budget");
}

async function user(name: string, minute: number): Promise<string[]> {
  const outcomes: string[] = [];
  for (let i = 0; i < 12; i++) outcomes.push(await ask("acme", `${name} asks in ${minute} for ${i}`, 1000));
  return outcomes;
}

for (let minute = 1; minute <= 3; minute++) {
  spentInMinute = 0;
  const outcomes = (await Promise.all(["ann", "bob", "cem", "dan"].map((name) => user(name, minute)))).flat();
  const count = (outcome: string) => outcomes.filter((each) => each === outcome).length;
  const [, tokens, daily] = (await budget.peek("acme", { cost: 0 })).limits;
  // What was reserved too much is back, to the token.
  assert.equal(tokens?.remaining, A_MINUTE - spentInMinute);
  assert.equal(daily?.remaining, A_DAY - spentInDay);
  console.log(
    `minute ${minute}: ${["answered", "refused", "failed", "broke off"].map((outcome) => `${count(outcome)} ${outcome}`).join(", ")};`,
    `${spentInMinute} of ${A_MINUTE} tokens, ${spentInDay} of ${A_DAY} today`,
  );
  clock.advance("1m");
}

/** Prompts differ, and so do their answers. */
function hash(text: string): number {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)!) % 1_000_003;
  return sum;
}
