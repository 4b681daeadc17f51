import { StoreError } from "../errors/StoreError.ts";

/**
 * What `work` resolves to, or a StoreError once `timeoutMs` have passed. A reply that comes later is ignored; whether it
 * was charged is then unknown, so nothing is sent again.
 */
export function withinBudget<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new StoreError("STORE_FAILED", `the store did not answer within ${timeoutMs} ms`));
    const timer = setTimeout(late, timeoutMs);
    work.then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
