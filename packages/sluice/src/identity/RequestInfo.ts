/** What the guard needs of a request; adapters build it. */
export interface RequestInfo {
  /** The method as received: `GET`. */
  readonly method: string;
  /** The request target as received: `/a?b`, or the absolute form `http://host/a?b`. */
  readonly target: string;
  /** The address of the socket's peer, without a port; undefined where the runtime does not tell, or on a Unix socket. */
  readonly remoteAddress: string | undefined;
  /** The value of a header by its lower-case name; several lines are joined with `", "`. */
  readonly header: (name: string) => string | undefined;
  /** How many lines of that name were received; a Fetch `Headers` object cannot tell and answers 0 or 1. */
  readonly headerLines: (name: string) => number;
  /** The framework's own request. */
  readonly native: unknown;
}
