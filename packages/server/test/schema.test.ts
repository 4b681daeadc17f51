import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import * as sluice from "sluice";
import { expect, test } from "vitest";
import { SCHEMA_FILE } from "../src/file/checkSchema.ts";

interface Schema {
  readonly description?: string;
  readonly properties?: Record<string, Schema>;
  readonly definitions?: Record<string, Schema>;
}

/** The names of the members that a part of the schema knows. */
function membersOf(part: string): string[] {
  return Object.keys(schema.definitions?.[part]?.properties ?? {});
}

const schema = JSON.parse(readFileSync(SCHEMA_FILE, "utf8")) as Schema;

test("the schema for editors is one of JSON Schema draft 7", () => {
  const ajv = new Ajv();
  expect(ajv.validateSchema(schema)).toBe(true);
  expect(ajv.errors).toBeNull();
});

test("it describes every member", () => {
  const bare: string[] = [];
  const look = (at: string, { properties = {}, definitions = {} }: Schema) => {
    for (const [name, member] of Object.entries({ ...properties, ...definitions })) {
      const isDescribed = member.description !== undefined || "$ref" in member || name.endsWith("Shape");
      if (!isDescribed && !at.endsWith(".duration") && !at.endsWith("rateShape")) bare.push(`${at}.${name}`);
      look(`${at}.${name}`, member);
    }
  };
  look("", schema);
  expect(bare).toEqual([]);
});

test("it knows every algorithm of the library", () => {
  const known = membersOf("limitShape");
  const exported = Object.keys(sluice).filter((name) =>
    /(Window|Log|Bucket)$|^gcra$|^adaptive$|^concurrency$/.test(name),
  );
  expect(known.toSorted()).toEqual(exported.toSorted());
});

/** A file has no functions, and this program never learns how a request was answered, nor does it answer for the handler. */
const NOT_IN_FILES = new Set(["skip", "countOnly", "onLimit"]);

test("it knows every option of a rule that a file can have", () => {
  const known = membersOf("rule");
  let told = "";
  try {
    sluice.compileRule("rule", { xxxxxxxxxxxxxxxx: 1 } as sluice.Rule, 0);
  } catch (error) {
    told = (error as Error).message;
  }
  const options = told.slice(told.indexOf("it has ") + "it has ".length).split(", ");
  expect(options).toContain("path");
  expect(known.toSorted()).toEqual(options.filter((name) => !NOT_IN_FILES.has(name)).toSorted());
});

test("the package ships it, and the example names it", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    files: string[];
  };
  expect(manifest.files).toContain("limits.schema.json");
  const example = readFileSync(new URL("../../../examples/limits.yaml", import.meta.url), "utf8");
  expect(example).toMatch(/^# yaml-language-server: \$schema=\.\.\/packages\/server\/limits\.schema\.json\n/);
});
