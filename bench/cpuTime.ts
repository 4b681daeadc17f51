/**
 * The nanoseconds of CPU time that a call of `work` took, all threads of the process together. On a machine that others
 * use too it stays the same where the time on the clock does not, and it counts the collector that runs beside.
 */
export async function cpuTime(calls: number, work: () => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}
