/** How many different warnings are remembered; more are told again. */
const MOST_REMEMBERED = 1000;

/** Tells people what happens: lines for standard output and standard error. Never a key, never what a client sent. */
export class Log {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly #told = new Set<string>();

  constructor(say: (line: string) => void, complain: (line: string) => void) {
    this.say = say;
    this.complain = complain;
  }

  /** Complains the first time that a code comes up. */
  complainOnce(code: string, sentence: string): void {
    if (this.#told.has(code)) return;
    if (this.#told.size >= MOST_REMEMBERED) this.#told.clear();
    this.#told.add(code);
    this.complain(`sluice: ${sentence}`);
  }
}
