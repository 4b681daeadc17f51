import type { Clock } from "./Clock.ts";

/** The time of the machine, which its keeper may set, back too. */
export const wallClock: Clock = () => Date.now() * 1000;
