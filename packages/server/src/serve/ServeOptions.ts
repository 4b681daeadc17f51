/** What the flags of `sluice serve` say. */
export interface ServeOptions {
  readonly host: string;
  /** 0 to 65535; 0 takes any free port. */
  readonly port: number;
  readonly adminHost: string;
  readonly adminPort: number;
  /** As `storeFromEnv` of the library takes it: `sqlite:PATH`; may hold a password. */
  readonly store: string;
  /** Addresses and CIDRs. */
  readonly trustedProxies: readonly string[];
  readonly watch: boolean;
}
