import type { GuardOptions } from "sluice";
import { expect, test } from "vitest";
import { loginSpellings, type Spelling, strangers } from "../rules/spellings.ts";
import type { Endpoint } from "./exchange.ts";

/**
 * Holds an adapter to case 30, by the targets that a framework is really sent.
 * @param serveLogin serves `GET /login` behind a guard of the whole application
 * @param reaches whether the framework answers a spelling with that route
 */
export function spellingSuite(
  serveLogin: (options: GuardOptions) => Promise<Endpoint>,
  reaches: (spelling: Spelling) => boolean,
): void {
  const serve = (limits: "1/m" | "5/m") => serveLogin({ rules: [{ path: "/login", limits }] });

  test("case 30: every spelling that reaches /login spends from its rule", async () => {
    for (const spelling of loginSpellings) {
      const { target } = spelling;
      const { send } = await serve("5/m");
      const isLogin = (await send({ target })).body === "welcome";
      expect([target, isLogin]).toEqual([target, reaches(spelling)]);
      if (!isLogin) continue;
      for (let i = 0; i < 4; i++) await send({ target: i % 2 ? "/login" : target });
      expect([target, (await send({ target })).status]).toEqual([target, 429]);
      expect((await send({ target: "/login" })).status).toBe(429);
    }
  });

  test("case 30: all spellings mixed, the sixth is refused, whichever it is", async () => {
    const spellings = loginSpellings.filter(reaches).map(({ target }) => target);
    for (let from = 0; from < spellings.length; from++) {
      const { send } = await serve("5/m");
      const statuses: number[] = [];
      for (let i = 0; i < 6; i++)
        statuses.push((await send({ target: spellings[(from + i) % spellings.length] })).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    }
  });

  test("case 30: what is not found by the router is not the rule's either, or only stricter", async () => {
    const { send } = await serve("1/m");
    for (const target of strangers) expect([target, (await send({ target })).status]).toEqual([target, 404]);
    expect((await send({ target: "/login" })).status).toBe(200);
  });
}
