import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Fault, Path } from "./RulesFileError.ts";
import type { ParsedFile } from "./ParsedFile.ts";
import { schemaSentence } from "./schemaSentence.ts";

/** The one schema of rules files: this command, editors and the documentation read it. */
export const SCHEMA_FILE: URL = new URL("../../limits.schema.json", import.meta.url);

let compiled: ValidateFunction | undefined;

/** What is wrong with the shape of a file: names, kinds of values, ranges. What values mean is for the library to judge. */
export function checkSchema(source: ParsedFile, most: number): Fault[] {
  const validate = (compiled ??= compileSchema());
  if (validate(source.data)) return [];
  return validate.errors!.slice(0, most).map((error) => schemaFault(source, error));
}

function compileSchema(): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, strictTypes: false, strictRequired: false });
  return ajv.compile(JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as object);
}

function schemaFault(source: ParsedFile, error: ErrorObject): Fault {
  const path = readPointer(source.data, error.instancePath);
  const sentence = schemaSentence(error);
  if (error.keyword !== "additionalProperties") return source.fault(path, sentence);
  return source.fault([...path, error.params["additionalProperty"] as string], sentence, "name");
}

/** A JSON pointer (RFC 6901) as a path; the index of a list is a number. */
function readPointer(data: unknown, pointer: string): Path {
  let at = data;
  return pointer
    .split("/")
    .slice(1)
    .map((step) => {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      const isIndex = Array.isArray(at);
      at = (at as Record<string, unknown>)[name];
      return isIndex ? Number(name) : name;
    });
}
