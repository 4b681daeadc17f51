import { type Warning, isSluiceError, type Store } from "sluice";
import { WatchedText } from "sluice/file";
import type { RulesOptions } from "../file/readRules.ts";
import { readServedRules } from "../file/readServedRules.ts";
import { RulesFileError } from "../file/RulesFileError.ts";
import type { Metrics } from "../metrics/Metrics.ts";
import { countRules } from "../rules/countRules.ts";
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
  readonly #text: WatchedText;
  #current: RuleSet;

  /** @throws ConfigurationError if the store cannot do what the rules ask */
  constructor(parts: KeeperParts, text: string, options: RulesOptions) {
    this.#parts = parts;
    this.#text = new WatchedText(parts.file, text, {
      take: (changed) => this.#take(changed),
      refuse: (error) => this.#refuse(error),
    });
    this.#current = this.#make(options);
  }

  get current(): RuleSet {
    return this.#current;
  }

  /** Looks at the file and takes its rules if they changed, or in any case if so told. Never rejects. */
  reload(inAnyCase = false): Promise<void> {
    return this.#text.look(inAnyCase);
  }

  /** Takes the rules whenever they change. @returns ends it */
  watch(): Promise<() => void> {
    return this.#text.watch();
  }

  #take(text: string): void {
    const { file, trusted, metrics, log } = this.#parts;
    this.#current = this.#make(readServedRules(file, text, trusted));
    metrics.reloaded("ok");
    log.say(`Reloaded ${file}: ${countRules(this.#current)}.`);
  }

  #refuse(error: unknown): void {
    const { file, metrics, log } = this.#parts;
    metrics.reloaded("failed");
    log.complain(`${reasonsOf(error)}\nsluice: ${file} was not reloaded; the old rules stay in force`);
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
