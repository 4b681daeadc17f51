/** Not declared by the package, since it is not for its users. */
declare module "@fastify/rate-limit/store/LocalStore.js" {
  export default class LocalStore {
    constructor(continueExceeding: boolean, exponentialBackoff: boolean, cache: number);
    incr(
      key: string,
      answer: (error: Error | null, result: { current: number; ttl: number }) => void,
      windowMs: number,
      max: number,
    ): void;
  }
}
