import { postgresFailure, sqlState } from "./postgresFailure.ts";
import type { Query } from "./Query.ts";

/** Serialisation failure and deadlock: the server has undone all of it, so it may be sent again. */
const UNDONE: ReadonlySet<unknown> = new Set(["40001", "40P01"]);
const MOST_RESENDS = 10;

/** Sends again what the server has undone, at most ten times; nothing else, for nobody knows what became of it. */
export function runQuery(query: Query): Query {
  return async (name, text, values) => {
    for (let resends = 0; ; resends++) {
      try {
        return await query(name, text, values);
      } catch (error) {
        if (!UNDONE.has(sqlState(error)) || resends === MOST_RESENDS) throw postgresFailure(error);
      }
    }
  };
}
