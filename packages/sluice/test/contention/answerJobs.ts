/** Makes this process one of a `Fleet`. It ends when whoever started it lets go of it, or is gone. */
export function answerJobs<Job>(answer: (job: Job) => Promise<unknown>): void {
  process.on("message", (job) => void answer(job as Job).then((message) => process.send!(message)));
  process.on("disconnect", () => process.exit());
  process.send!("ready");
}
