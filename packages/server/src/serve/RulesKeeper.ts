import { type Warning, isSluiceError, type Store } from "sluice";
import { readRules, type RulesOptions } from "../file/readRules.ts";
import { readText } from "../file/readText.ts";
import { RulesFileError } from "../file/RulesFileError.ts";
import type { Metrics } from "../metrics/Metrics.ts";
import { makeRuleSet, type RuleSet } from "../rules/RuleSet.ts";
import type { Log } from "./Log.ts";
import type { StoreState } from "./StoreState.ts";

/** What keeping the rules needs. */
export interface KeeperParts {
  readonly file: string;
  readonly trusted: readonly string[];
  readonly store: Store;
  readonly state: StoreState;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The rules in force. They change whole, or not at all. */
export class RulesKeeper {
  readonly #parts: KeeperParts;
  #current: RuleSet;
  /** What the file held when it was last looked at: its text, or why there was none. */
  #seen: string;
  #work: Promise<void> = Promise.resolve();

  /** @throws ConfigurationError if the store cannot do what the rules ask */
  constructor(parts: KeeperParts, text: string, options: RulesOptions) {
    this.#parts = parts;
    this.#seen = text;
    this.#current = this.#make(options);
  }

  get current(): RuleSet {
    return this.#current;
  }

  /** Looks at the file and takes its rules if they changed, or in any case if so told. Never rejects. */
  reload(inAnyCase = false): Promise<void> {
    return (this.#work = this.#work.then(() => this.#look(inAnyCase)));
  }

  async #look(inAnyCase: boolean): Promise<void> {
    const { file, trusted, metrics, log } = this.#parts;
    try {
      const text = await readText(file).catch((error: unknown) => error as Error);
      const seen = typeof text === "string" ? text : text.message;
      if (seen === this.#seen && !inAnyCase) return;
      this.#seen = seen;
      if (typeof text !== "string") throw text;
      this.#current = this.#make(readRules(file, text, trusted));
      metrics.reloaded("ok");
      log.say(`Reloaded ${file}: ${countRules(this.#current)}.`);
    } catch (error) {
      metrics.reloaded("failed");
      log.complain(`${reasonsOf(error)}\nsluice: ${file} was not reloaded; the old rules stay in force`);
    }
  }

  #make(options: RulesOptions): RuleSet {
    const { store, state, metrics, log } = this.#parts;
    const onWarning = ({ code, message }: Warning) => log.complainOnce(code, `${code}: ${message}`);
    const made = makeRuleSet(options, store, { onWarning, onEvent: state.hear });
    metrics.rulesInForce(made.names.length);
    return made;
  }
}

function reasonsOf(error: unknown): string {
  if (error instanceof RulesFileError || isSluiceError(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export function countRules({ names }: RuleSet): string {
  return names.length === 1 ? "1 rule" : `${names.length} rules`;
}
