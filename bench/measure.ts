import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Table } from "./Table.ts";

/** What one process measured: a figure for each column. */
export type Sample = Readonly<Record<string, number>>;

/** All that a table measured: the samples of each contender, one a round. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/**
 * Runs the script of a table once for each contender in each round, in a process of its own. So no contender runs on code that the
 * engine shaped for another, or on its garbage, and whatever else the machine does meanwhile falls on all of them alike.
 * Every round begins with another contender.
 * @param url of the server that they use
 */
export async function measure(
  { script, contenders, rounds }: Table,
  url: string | undefined,
  progress: (done: number, of: number) => void,
): Promise<Samples> {
  const samples = new Map(contenders.map((name): [string, Sample[]] => [name, []]));
  for (let turn = 0; turn < rounds * contenders.length; turn++) {
    const round = Math.floor(turn / contenders.length);
    const name = contenders[(turn + round) % contenders.length];
    samples.get(name)!.push(await measureOnce(script, name, url));
    progress(turn + 1, rounds * contenders.length);
  }
  return samples;
}

/** The sample that `script` prints as JSON. */
async function measureOnce(script: URL, contender: string, url: string = ""): Promise<Sample> {
  const args = ["--expose-gc", "--no-warnings", fileURLToPath(script), contender, url];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`measuring ${contender} ended with exit code ${code}`);
  return JSON.parse(printed) as Sample;
}

/** The median of a column over the rounds; NaN for a contender that takes no part in it. */
export function median(samples: readonly Sample[], column: string): number {
  const figures = samples.map((sample) => sample[column]).toSorted((a, b) => a - b);
  const middle = (figures.length - 1) / 2;
  return (figures[Math.floor(middle)] + figures[Math.ceil(middle)]) / 2;
}

/** The least of a column over the rounds; NaN for a contender that takes no part in it. */
export function least(samples: readonly Sample[], column: string): number {
  return Math.min(...samples.map((sample) => sample[column]));
}
