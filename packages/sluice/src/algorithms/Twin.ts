import type { OneLimitSql } from "./OneLimitSql.ts";

/** A step in the languages of the servers: the same pure function, no reading or writing in it. */
export interface Twin {
  /** Of the machine. */
  readonly name: string;
  /**
   * Lua 5.1 that ends with `local function step(p, o, s, now, cost, counted)`: the parameters stand in the list `p` from
   * `o` on, `s` is a copy of the state and is changed in place.
   * It returns `fits, wait, remaining, reset, life`; a wait of -1 is never. It may call `floorDivide` and `ceilDivide`.
   */
  readonly lua: string;
  /**
   * Lua that follows `lua`, whose functions it may call, where states are changed beside deciding; it ends with
   * `local function adjust(p, o, s, now, amount, at, charge, left)`, where what is given back has no bound if `charge` is
   * nil; it returns what is freed, if any. Apart, because each function that is made costs at every call.
   */
  readonly adjustLua: string;
  /** The same with `local function book(p, o, s, cost)`, if slots of the machine can be booked. */
  readonly bookLua?: string;
  /**
   * The body of a PL/pgSQL block, with what it declares before `begin`, over the same `p`, `o`, `s`, `now`, `cost` and
   * `counted`. It changes `s` and sets `fits`, `wait`, `remaining`, `reset` and `life`.
   */
  readonly sql: string;
  /**
   * A block over `p`, `o`, `s`, `now`, `amount`, `moment`, `charge` and `remains`, where states are changed beside deciding:
   * it changes `s` as `adjust` does, where what is given back has no bound if `charge` is null; it may set `freed`, and
   * change `amount`.
   */
  readonly adjustSql: string;
  /** The same over `p`, `o`, `s` and `cost`, if slots of the machine can be booked: it sets `booked`. */
  readonly bookSql?: string;
  /** The same for calls that meet this limit alone, if such calls are to be fast. */
  readonly oneLimitSql?: OneLimitSql;
}
