import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { show } from "../errors/show.ts";
import type { HeaderList } from "./HeaderList.ts";

/** A whole reply, for an adapter to send. */
export interface Reply {
  /** 200 to 599. */
  readonly status: number;
  /** A name may stand in it several times. */
  readonly headers: HeaderList;
  readonly body: string;
}

export function isReply(value: unknown): value is Reply {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers, body } = value as Partial<Record<keyof Reply, unknown>>;
  return isStatus(status) && Array.isArray(headers) && headers.every(isField) && typeof body === "string";
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599;
}

function isField(field: unknown): boolean {
  return Array.isArray(field) && field.length === 2 && field.every((text) => typeof text === "string");
}

/** A function of the application gave something that cannot be sent. */
export function noReply(option: string, expected: string, value: unknown): ConfigurationError {
  const message = `rateLimit ${option} must return ${expected}, not ${show(value)}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, path: option });
}
