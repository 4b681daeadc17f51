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

/** A whole reply as it may be given: its header fields as a list of pairs, or as a record of texts. */
export interface GivenReply extends Omit<Reply, "headers"> {
  readonly headers: HeaderList | Readonly<Record<string, string>>;
}

export function isReply(value: unknown): value is Reply {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers, body } = value as Partial<Record<keyof Reply, unknown>>;
  return isStatus(status) && Array.isArray(headers) && headers.every(isField) && isText(body);
}

export function isGivenReply(value: unknown): value is GivenReply {
  return typeof value === "object" && value !== null && faultOfReply(value) === undefined;
}

/** With its header fields as a list. */
export function toReply({ status, headers, body }: GivenReply): Reply {
  const fields = Array.isArray(headers) ? (headers as HeaderList) : Object.entries(headers);
  return { status, headers: fields, body };
}

/** What keeps an object from being a reply, for a message: `its body must be text, not undefined`. */
export function faultOfReply(given: object): string | undefined {
  const { status, headers, body } = given as Partial<Record<keyof Reply, unknown>>;
  if (!isStatus(status)) return `its status must be a whole number from 200 to 599, not ${show(status)}`;
  if (!isFields(headers))
    return `its headers must be a list of [name, value] or a record of texts, not ${show(headers)}`;
  return isText(body) ? undefined : `its body must be text, not ${show(body)}`;
}

function isStatus(status: unknown): boolean {
  return Number.isInteger(status) && (status as number) >= 200 && (status as number) <= 599;
}

function isFields(headers: unknown): boolean {
  if (Array.isArray(headers)) return headers.every(isField);
  if (typeof headers !== "object" || headers === null) return false;
  const prototype: unknown = Object.getPrototypeOf(headers);
  return (prototype === Object.prototype || prototype === null) && Object.values(headers).every(isText);
}

function isField(field: unknown): boolean {
  return Array.isArray(field) && field.length === 2 && field.every(isText);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

/** A function of the application gave something that cannot be sent. */
export function noReply(option: string, expected: string, value: unknown): ConfigurationError {
  const fault = typeof value === "object" && value !== null ? faultOfReply(value) : undefined;
  const message = `rateLimit ${option} must return ${expected}${fault === undefined ? `, not ${show(value)}` : `: ${fault}`}`;
  return new ConfigurationError("INVALID_OPTION", message, { value, path: option });
}
