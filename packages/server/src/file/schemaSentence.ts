import type { ErrorObject } from "ajv";
import { nearestWord } from "sluice";

type Schema = Record<string, unknown>;

/** What a fault against the schema means, for people, with the nearest valid value where there is one. */
export function schemaSentence({
  keyword,
  params,
  data,
  parentSchema = {},
  message = "is not valid",
}: ErrorObject): string {
  const write = SENTENCES[keyword];
  return write === undefined ? `${message}, not ${show(data)}` : write(data, parentSchema, params as Schema);
}

const SENTENCES: Record<string, (data: unknown, schema: Schema, params: Schema) => string> = {
  additionalProperties: (_data, { properties = {} }, params) =>
    `there is no ${show(params["additionalProperty"])} here${hint(String(params["additionalProperty"]), Object.keys(properties as object))}`,
  required: (_data, _schema, params) => `needs ${show(params["missingProperty"])}`,
  type: (data, { type }) =>
    `must be ${kinds(type)}, not ${show(data)}${typeof data === "number" && Number.isFinite(data) ? nearestWhole(data, type) : ""}`,
  enum: (data, { enum: words }) => wordSentence(data, words as string[]),
  // The patterns of the schema are all of the kind ^(one|other)$.
  pattern: (data, { pattern }) => wordSentence(data, String(pattern).slice(2, -2).split("|")),
  minProperties: (_data, { properties = {} }) =>
    `is empty; it takes one of ${Object.keys(properties as object).join(", ")}`,
  maxProperties: (data, { properties = {} }) =>
    `takes only one of ${Object.keys(properties as object).join(", ")}, not ${Object.keys(data as object).join(" and ")} at once`,
  minItems: (data, { minItems }) =>
    `needs at least ${String(minItems)} ${minItems === 1 ? "entry" : "entries"}, not ${(data as unknown[]).length}`,
  minimum: (data, { minimum }) => `must be at least ${String(minimum)}, not ${show(data)}`,
  maximum: (data, { maximum }) => `must be at most ${String(maximum)}, not ${show(data)}`,
};

function wordSentence(data: unknown, words: readonly string[]): string {
  return `must be one of ${words.join(", ")}, not ${show(data)}${typeof data === "string" ? nearest(data, words) : ""}`;
}

function hint(word: string, known: readonly string[]): string {
  return nearest(word, known) || `; it takes ${known.join(", ")}`;
}

function nearest(word: string, known: readonly string[]): string {
  const found = nearestWord(word, known);
  return found === undefined ? "" : `; did you mean ${show(found)}?`;
}

function nearestWhole(data: number, type: unknown): string {
  return [type].flat().includes("integer") ? `; the nearest is ${Math.round(data)}` : "";
}

const KINDS: Record<string, string> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "a map",
  array: "a list",
};

function kinds(type: unknown): string {
  const names = [type].flat().map((name) => KINDS[name as string]);
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" or ");
}

function show(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string")
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  return `${value as number | boolean}`;
}
