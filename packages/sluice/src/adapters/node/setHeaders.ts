import type { HeaderList } from "../../headers/HeaderList.ts";
import { type FieldReader, joinFields, joinRefusalFields } from "../../headers/joinFields.ts";
import { lowerCase } from "../../headers/lowerCase.ts";
import type { AnswerHead } from "./NodeShapes.ts";

/** Adds fields to an answer that another will send. Does nothing once its head has been sent. */
export function setHeaders(head: AnswerHead, headers: HeaderList): void {
  if (head.headersSent) return;
  setLines(head, isAnyThere(head, headers) ? joinFields(headers, readerOf(head)) : headers);
}

/** The same for a refusal, whose own fields replace those that tell one limit only. */
export function setRefusalHeaders(head: AnswerHead, headers: HeaderList): void {
  if (head.headersSent) return;
  setLines(head, isAnyThere(head, headers) ? joinRefusalFields(headers, readerOf(head)) : headers);
}

function isAnyThere(head: AnswerHead, fields: HeaderList): boolean {
  for (const field of fields) if (head.getHeader(lowerCase(field[0])) !== undefined) return true;
  return false;
}

function readerOf(head: AnswerHead): FieldReader {
  return (name) => head.getHeader(name)?.toString();
}

function setLines(head: AnswerHead, fields: HeaderList): void {
  if (hasRepeatedName(fields)) return setTogether(head, fields);
  for (const field of fields) head.setHeader(field[0], field[1]);
}

function hasRepeatedName(fields: HeaderList): boolean {
  for (let i = 1; i < fields.length; i++) {
    for (let j = 0; j < i; j++) if (areSame(fields[i][0], fields[j][0])) return true;
  }
  return false;
}

function areSame(name: string, other: string): boolean {
  return name.length === other.length && name.toLowerCase() === other.toLowerCase();
}

/** Lines of one name are set together: setting a field replaces it. */
function setTogether(head: AnswerHead, fields: HeaderList): void {
  const byName = new Map<string, [name: string, ...values: string[]]>();
  for (const [name, value] of fields) {
    const same = byName.get(name.toLowerCase());
    if (same === undefined) byName.set(name.toLowerCase(), [name, value]);
    else same.push(value);
  }
  for (const [name, ...values] of byName.values())
    head.setHeader(name, values.length === 1 ? values[0] : values);
}
