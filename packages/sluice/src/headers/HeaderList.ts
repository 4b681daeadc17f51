/** Field names and values, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[];
