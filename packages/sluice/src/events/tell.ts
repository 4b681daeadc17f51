import { isPromise } from "../units/isPromise.ts";

/**
 * Tells a listener of the application, whose own failure goes to the console and no further.
 * @returns a promise if the listener does, which never rejects
 */
export function tell<E>(name: string, listener: (event: E) => unknown, event: E): Promise<void> | undefined {
  try {
    const answer = listener(event);
    return isPromise(answer) ? settled(name, answer) : undefined;
  } catch (error) {
    complain(name, error);
    return undefined;
  }
}

async function settled(name: string, answer: PromiseLike<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    complain(name, error);
  }
}

function complain(name: string, error: unknown): void {
  console.error(`sluice: ${name} failed:`, error);
}
