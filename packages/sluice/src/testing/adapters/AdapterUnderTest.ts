import type { GuardOptions } from "../../guard/GuardOptions.ts";

/** What the handler of an application answers. */
export interface Answered {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Several pieces are to be streamed. Default: nothing. */
  readonly body?: string | AsyncIterable<string>;
}

/** What the suite wants to be served: a handler for every path, behind guards. */
export interface Application {
  /** The options of each guard, from the outside in. */
  readonly guards: readonly GuardOptions[];
  /** How often each guard is mounted, one after the other: 1, or 2 of the same. */
  readonly mounts: 1 | 2;
  /** Answers by the path of the request. May throw, reject, and take its time. */
  readonly handler: (path: string) => Answered | Promise<Answered>;
}

/** Where to listen: on a free port of an address, or on the path of a Unix socket. `server.listen` of Node takes it. */
export type ListenAt = { readonly host: string; readonly port: 0 } | { readonly path: string };

/** An application that listens. */
export interface Served {
  /** The port. Not needed on a Unix socket. */
  readonly port?: number;
  /** Ends the server, by a promise or not; the suite has closed its own connections by then. */
  close(): unknown;
}

/** An adapter that is to be held to the suite. */
export interface AdapterUnderTest {
  /** How the group of tests is called. Default `"adapter"`. */
  name?: string;
  /** Serves an application by the real framework over a real socket. */
  serve(application: Application, at: ListenAt): Promise<Served> | Served;
  /** Targets that the framework answers before it asks any adapter, of those that cannot be decoded: `["/%"]`. Default: none. */
  answersItself?: readonly string[];
}
