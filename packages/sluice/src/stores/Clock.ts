/** Tells the time: whole microseconds since the epoch. */
export type Clock = () => number;
