import type { Closing } from "./whenClosed.ts";

/** A request of node:http or of the compatibility API of node:http2, by shape. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  readonly socket: { readonly remoteAddress?: string | undefined; readonly destroyed?: boolean };
}

/** The fields of an answer, by shape. */
export interface AnswerHead {
  readonly headersSent: boolean;
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string | string[]): unknown;
}

/** The fields of an answer that another may replace, by shape. */
export interface ReplyHead extends AnswerHead {
  removeHeader(name: string): void;
}

/** The answer to a request of node:http, by shape. */
export interface NodeResponse extends ReplyHead {
  readonly writableEnded: boolean;
  readonly writableFinished: boolean;
  readonly destroyed?: boolean;
  /** Of node:http2. */
  readonly stream?: { readonly destroyed?: boolean; readonly rstCode?: number | undefined } | undefined;
  readonly req?: { readonly socket?: Closing | null } | undefined;
  statusCode: number;
  once(event: "finish" | "close", listener: () => void): unknown;
  end(): unknown;
  end(body: string): unknown;
}
