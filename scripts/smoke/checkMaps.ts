import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Throws if a source map of an installed package points to a source that is neither in the map nor in the package. */
export function checkMaps(installed: string): void {
  const maps = globSync("**/*.map", { cwd: installed });
  const lost = maps.flatMap((map) => lostSources(join(installed, map)));
  if (lost.length > 0) throw new Error(`maps point to sources that are not packed: ${lost.join(", ")}`);
  console.log(`${maps.length} source maps, and what they point to`);
}

function lostSources(file: string): string[] {
  const { sources, sourcesContent = [], sourceRoot = "" } = JSON.parse(readFileSync(file, "utf8"));
  return sources.filter(
    (source: string, i: number) =>
      typeof sourcesContent[i] !== "string" && !existsSync(join(dirname(file), sourceRoot, source)),
  );
}
