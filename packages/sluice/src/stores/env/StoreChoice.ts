/** Which store, as one line of text says it. */
export interface StoreChoice {
  readonly kind: "memory" | "sqlite" | "redis" | "postgres";
  /** The path or the URL, which may hold a password; empty for memory. */
  readonly location: string;
}
