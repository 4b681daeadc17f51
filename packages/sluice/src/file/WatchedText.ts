import { readText } from "./readText.ts";
import { watchFile } from "./watchFile.ts";

/** What keeps a file from being read may pass without a sign, as when this process has too many files open. */
const AGAIN_MS = 1000;

/** What becomes of the text of a file when it has changed. */
export interface TextListener {
  /** What it throws is refused. */
  take(text: string): void;
  /** The text could not be read, or not be taken. Told once, until the file changes again. */
  refuse(error: unknown): void;
}

/** A text file that is looked at again and again. Looks come one after the other, and never reject. */
export class WatchedText {
  readonly file: string;
  readonly #listener: TextListener;
  /** What the file held when it was last looked at: its text, or why there was none. */
  #seen: string;
  #work: Promise<void> = Promise.resolve();
  #isWatched = false;
  #again: NodeJS.Timeout | undefined;

  /** @param text what it held when it was first read */
  constructor(file: string, text: string, listener: TextListener) {
    this.file = file;
    this.#seen = text;
    this.#listener = listener;
  }

  /** Takes the text if it changed, or in any case if so told. */
  look(inAnyCase: boolean = false): Promise<void> {
    return (this.#work = this.#work.then(() => this.#look(inAnyCase)));
  }

  /**
   * Looks whenever the file may have changed, each second while it cannot be read, and once now. Keeps no process alive.
   * @returns ends it
   */
  async watch(): Promise<() => void> {
    this.#isWatched = true;
    const end = watchFile(this.file, () => void this.look());
    // It may have changed since it was first read.
    await this.look();
    return () => {
      this.#isWatched = false;
      clearTimeout(this.#again);
      end();
    };
  }

  async #look(inAnyCase: boolean): Promise<void> {
    clearTimeout(this.#again);
    const text = await readText(this.file).catch((error: unknown) => error as Error);
    if (typeof text !== "string" && this.#isWatched)
      this.#again = setTimeout(() => void this.look(), AGAIN_MS).unref();
    const seen = typeof text === "string" ? text : text.message;
    if (seen === this.#seen && !inAnyCase) return;
    this.#seen = seen;
    try {
      if (typeof text !== "string") throw text;
      this.#listener.take(text);
    } catch (error) {
      this.#listener.refuse(error);
    }
  }
}
