/**
 * The step once more, as expressions of SQL, for calls that meet one limit: `decideOneSql.ts` and `decideSetSql.ts` of
 * `stores/postgres`. They read `now`, `cost`, which is from 1 to the limit, and what `declares` makes of the parameters
 * `p[13]` and on.
 */
export interface OneLimitSql {
  readonly parameters: number;
  /** Truth: these expressions know such a limit. */
  readonly knows: string;
  /** Variables of PL/pgSQL, with their values; they do not read `cost`, which calls of a set differ in. */
  readonly declares: string;
  /** Truth: the block of `sql.ts` is not needed for what is stored. Its time is never later than `now`. */
  usual(stored: Stored): string;
  fits(stored: Stored): string;
  /** The state after the charge, and the instant at which that equals nothing. */
  charged(stored: Stored): { readonly state: readonly string[]; readonly expires: string };
  /** What remains of a state that was charged. */
  remaining(state: readonly string[]): string;
  /** Wait, remaining, reset and state of a cost that does not fit. */
  refused(stored: Stored): readonly string[];
}

/** The numbers of a state, each an expression. Zeros where there is none, whatever its time. */
export type Stored = readonly [string, string, string];
