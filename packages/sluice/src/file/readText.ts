import { readFile, stat } from "node:fs/promises";
import { ConfigurationError } from "../errors/ConfigurationError.ts";

const LARGEST_BYTES = 1_000_000;

/**
 * The text of a rules file.
 * @throws ConfigurationError `INVALID_FILE` if it cannot be read, is over 1 MB, or is not UTF-8
 */
export async function readText(file: string): Promise<string> {
  const found = await attempt(file, stat(file));
  if (!found.isFile()) throw fault(file, "cannot be read: it is no regular file");
  if (found.size > LARGEST_BYTES)
    throw fault(file, `is ${found.size} bytes long; a rules file has at most 1 MB`);
  const bytes = await attempt(file, readFile(file));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw fault(file, "is not UTF-8 text");
  }
}

const REASONS: Record<string, string> = { ENOENT: "there is no such file", EACCES: "permission denied" };

async function attempt<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw fault(file, `cannot be read: ${REASONS[code] ?? message}`);
  }
}

function fault(file: string, sentence: string): ConfigurationError {
  return new ConfigurationError("INVALID_FILE", `${file}: ${sentence}`, { value: file });
}
