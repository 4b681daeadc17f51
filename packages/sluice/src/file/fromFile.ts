import { checkFunction } from "../errors/checkFunction.ts";
import { checkOptions } from "../errors/checkOptions.ts";
import { ConfigurationError } from "../errors/ConfigurationError.ts";
import { guard } from "../guard/guard.ts";
import type { Rule } from "../rules/Rule.ts";
import type { RulesListener, RulesSource } from "../rules/RulesSource.ts";
import { readText } from "./readText.ts";
import { WatchedText } from "./WatchedText.ts";

/** The options of `fromFile`. */
export interface FromFileOptions {
  /**
   * Makes data of the text: `{ rules: [...] }`, or the list itself. Default `JSON.parse`. For YAML the `parse` of a library
   * of your choice, or `parseRules` of `sluice-server/rules`, whose errors name line and column.
   * @param file its name, for messages
   */
  parse?: ((text: string, file: string) => unknown) | undefined;
}

/** Rules that stand in a file: `rateLimit({ rules: await fromFile("limits.json") })`. */
export interface FileRules extends RulesSource {
  /** Looks at the file now. Resolves when its rules are in force, or were refused. */
  reload(): Promise<void>;
  /** Watches the file no longer; the rules stay as they are. */
  close(): void;
}

/**
 * Reads rules from a file, and reads it again whenever it changes. A changed file is taken whole, with the usage so far; one
 * that cannot be used changes nothing, and guards warn `RULES_KEPT`. The watcher keeps no process alive.
 * @throws ConfigurationError `INVALID_FILE`, or what is wrong with a rule
 */
export async function fromFile(file: string, options: FromFileOptions = {}): Promise<FileRules> {
  checkOptions("fromFile", options, ["parse"]);
  checkFunction("fromFile", "parse", options.parse);
  const { parse = parseJson } = options;
  const listeners = new Set<RulesListener>();
  const first = await readText(file);
  let current = readRules(file, first, parse);
  const text = new WatchedText(file, first, {
    take(changed) {
      current = readRules(file, changed, parse);
      for (const listener of listeners) listener.changed(current);
    },
    refuse(error) {
      for (const listener of listeners) listener.failed(error);
    },
  });
  const end = await text.watch();
  return {
    get current() {
      return current;
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reload: () => text.look(),
    close: end,
  };
}

/** Only rules that a guard would take: a file is good or bad by itself. */
function readRules(
  file: string,
  text: string,
  parse: NonNullable<FromFileOptions["parse"]>,
): readonly Rule[] {
  try {
    const rules = listOf(parse(text, file));
    guard({ rules });
    return rules;
  } catch (error) {
    const { message, value, nearest, path } = error as ConfigurationError;
    const prefix = message.startsWith(`${file}:`) ? "" : `${file}: `;
    throw new ConfigurationError("INVALID_FILE", `${prefix}${message}`, {
      value,
      nearest,
      ...(path && { path }),
    });
  }
}

function parseJson(text: string): unknown {
  return JSON.parse(text);
}

function listOf(data: unknown): readonly Rule[] {
  if (Array.isArray(data)) return data as readonly Rule[];
  checkOptions("a rules file", data, ["rules"]);
  return (data as { rules: readonly Rule[] }).rules;
}
