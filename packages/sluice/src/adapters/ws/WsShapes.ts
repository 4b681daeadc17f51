/** A message as `ws` hands it over, by its `binaryType`. */
export type WsData = Buffer | ArrayBuffer | Buffer[];

/** A connection of `ws` 8, by shape. */
export interface WsSocket {
  on(event: "message", listener: (data: any, isBinary: boolean) => void): unknown;
  on(event: "close", listener: () => void): unknown;
  pause(): void;
  resume(): void;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}
