import { setImmediate as turn } from "node:timers/promises";

/** Stands for a language model: it streams pieces, nobody knows how many, and is overloaded or breaks off now and then. */
export async function* fakeModel(prompt: string, maxTokens: number): AsyncGenerator<{ tokens: number }> {
  const wish = hash(prompt);
  await turn();
  if (wish % 11 === 0) throw new Error("overloaded");
  for (let tokens = 0; tokens < Math.min(wish % 1200, maxTokens); tokens += 50) {
    if (wish % 13 === 0 && tokens >= 200) throw new Error("broke off");
    yield { tokens: 50 };
    await turn();
  }
}

/** Prompts differ, and so do their answers. */
function hash(text: string): number {
  let sum = 7;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)!) % 1_000_003;
  return sum;
}
