import { inspect } from "node:util";

/** What comes back from a job. */
export type Reply = { readonly answer: unknown } | { readonly error: string };

/** Makes this process one of a `Fleet`. It ends when whoever started it lets go of it, or is gone. */
export function answerJobs(answer: (job: never) => Promise<unknown>): void {
  const reply = (message: Reply) => process.send!(message, () => {});
  process.on("message", (job) => {
    answer(job as never).then(
      (found) => reply({ answer: found }),
      (error: unknown) => reply({ error: inspect(error) }),
    );
  });
  process.on("disconnect", () => process.exit());
  reply({ answer: "ready" });
}
