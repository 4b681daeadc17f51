import type { HeaderList } from "../headers/HeaderList.ts";

/** A whole reply, for an adapter to send. */
export interface Reply {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: string;
}

export function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null && "status" in value && "headers" in value && "body" in value;
}
