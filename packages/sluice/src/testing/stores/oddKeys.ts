import { encodeKey } from "../../units/encodeKey.ts";

const HOSTILE = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "undefined",
  "null",
  "0",
  "-1",
  "1e3",
];
const ALIKE = [
  "a",
  "A",
  " a",
  "a ",
  "a:b",
  "a/b",
  "{a}b",
  "a%",
  "a_",
  "*",
  "\\",
  "'; DROP TABLE keys; --",
  '"',
  "\n",
];
const UNICODE = ["é", "e\u0301", "ключ", "🦊", "\u200b", "\ufeffa", "\0", "\ud800", "\udfff"];
const LONG = [
  "x".repeat(256),
  "x".repeat(257),
  "x".repeat(5000),
  "🦊".repeat(64),
  `sha256:${"0".repeat(64)}`,
];

/** Keys that are often confused, in the form in which a limiter gives them to a store. */
export const ODD_KEYS: readonly string[] = [...HOSTILE, ...ALIKE, ...UNICODE, ...LONG].map(encodeKey);
