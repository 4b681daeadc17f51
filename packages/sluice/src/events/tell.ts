/** Tells a listener of the application, whose own failure goes to the console and no further. */
export async function tell<E>(name: string, listener: (event: E) => unknown, event: E): Promise<void> {
  try {
    await listener(event);
  } catch (error) {
    console.error(`sluice: ${name} failed:`, error);
  }
}
