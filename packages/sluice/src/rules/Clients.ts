/** Some clients, by key and by address. */
export interface Clients {
  /** Keys as the identity tells them: `"user:42"`, `"ip:203.0.113.9"`. */
  readonly keys?: readonly string[] | undefined;
  /** Addresses and CIDRs: `"203.0.113.9"`, `"10.0.0.0/8"`, `"2001:db8::/32"`. A mapped IPv4 address is that of IPv4. */
  readonly addresses?: readonly string[] | undefined;
}
