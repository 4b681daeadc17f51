import type { GuardOptions } from "../../guard/GuardOptions.ts";
import type { Application, ListenAt } from "./AdapterUnderTest.ts";

/** The answer to a request. */
export interface Answer {
  readonly status: number;
  /** By lower-case name; lines of one name are joined, but for `set-cookie`. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request that is sent. */
export interface Sent {
  /** Default `"GET"`. */
  method?: string;
  /** Sent as it is, dots, slashes and all. Default `"/"`. */
  target?: string;
  /** An array keeps lines of the same name apart. */
  headers?: Record<string, string> | string[];
  body?: string;
  /** Default `"127.0.0.1"`. */
  host?: string;
}

/** An application that listens. */
export interface Endpoint {
  send(sent?: Sent): Promise<Answer>;
  /**
   * Sends requests over one connection without waiting for their answers, by default one of `/`.
   * @returns what resets the connection
   */
  start(...targets: string[]): () => Promise<void>;
}

/** What is given to a check. What it serves ends with it. */
export interface AdapterCheckContext {
  /** Serves one guard or several before a handler, which by default answers `hello`. */
  serve(
    guards: GuardOptions | readonly GuardOptions[],
    handler?: Application["handler"],
    more?: { mounts?: 1 | 2; at?: ListenAt },
  ): Promise<Endpoint>;
  /** The path of a Unix socket that is not there yet. */
  readonly socketPath: string;
  readonly hasIpv6: boolean;
  readonly answersItself: readonly string[];
}

/** One thing that every adapter promises. */
export interface AdapterCheck {
  /** The promise, as the name of a test. */
  readonly promise: string;
  /** Throws if the promise is broken. */
  hold(context: AdapterCheckContext): Promise<void>;
}
