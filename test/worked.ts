/**
 * Tells how long this process has worked since, in milliseconds of its processor: how busy the machine is does not matter.
 * For what must take no time.
 */
export function worked(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
