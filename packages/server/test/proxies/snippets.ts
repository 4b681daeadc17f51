import { readFileSync } from "node:fs";

const PAGE = readFileSync(new URL("../../../../docs/proxies.md", import.meta.url), "utf8");

/** What the guide says for a proxy, block by block: so the guide cannot rot. */
export function snippets(language: string): readonly string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```/gms)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text);
}

/** Puts other words in place of some that must be there. */
export function replaced(text: string, words: Readonly<Record<string, string>>): string {
  let result = text;
  for (const [from, to] of Object.entries(words)) {
    if (!result.includes(from)) throw new Error(`docs/proxies.md no longer says ${JSON.stringify(from)}`);
    result = result.replaceAll(from, () => to);
  }
  return result;
}
