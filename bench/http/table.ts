import type { Figures, Table, Target } from "../Table.ts";
import { BY_HAND, contender, type Framework, FRAMEWORK_NAMES, FRAMEWORKS, limitersOf } from "./contenders.ts";

const KEYS = ["one key", "10k keys"] as const;

export const http: Table = {
  name: "http",
  unit: "us per request: of the server's CPU, and by the clock",
  script: new URL("child.ts", import.meta.url),
  rounds: 5,
  contenders: FRAMEWORK_NAMES.flatMap((framework) =>
    limitersOf(framework).map((limiter) => contender(framework, limiter)),
  ),
  columns: KEYS.flatMap((keys) => [`${keys}: CPU`, `${keys}: clock`]),
  derived: {
    title: "what limiting adds in us of CPU, and which share of the bare throughput it keeps",
    contenders: FRAMEWORK_NAMES.flatMap((framework) =>
      limitersOf(framework)
        .slice(1)
        .map((limiter) => contender(framework, limiter)),
    ),
    columns: KEYS.flatMap((keys) => [`${keys}: added CPU`, `${keys}: share`]),
    figure: derivedFigure,
  },
  references: [],
  ours: [],
  times: [],
  targets: KEYS.flatMap((keys) => [
    adds(keys, "node:http", 1, BY_HAND),
    adds(keys, "Express", 0.5, FRAMEWORKS.Express.usual),
    adds(keys, "Fastify", 0.8, FRAMEWORKS.Fastify.usual),
    adds(keys, "Hono", 0.8, FRAMEWORKS.Hono.usual),
  ]),
};

/** Sluice may add so many times the CPU time that a peer adds. */
function adds(keys: string, framework: Framework, times: number, peer: string): Target {
  return {
    text: `${keys}, ${framework}: at most ${times}x the CPU time that ${peer} adds`,
    share: (figures) =>
      addedCpu(figures, framework, "sluice", keys) / (addedCpu(figures, framework, peer, keys) * times),
  };
}

function addedCpu(figures: Figures, framework: string, limiter: string, keys: string): number {
  const cpuOf = (name: string) => figures(`${framework}, ${name}`, `${keys}: CPU`);
  return cpuOf(limiter) - cpuOf("bare");
}

function derivedFigure(figures: Figures, name: string, column: string): number {
  const [framework, limiter] = name.split(", ");
  const [keys, what] = column.split(": ");
  if (what === "added CPU") return addedCpu(figures, framework, limiter, keys);
  const clock = `${keys}: clock`;
  return figures(`${framework}, bare`, clock) / figures(name, clock);
}
