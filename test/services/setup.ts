import type { TestProject } from "vitest/node";
import { startMemcached } from "./memcached.ts";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { demand, type ServiceName } from "./Service.ts";
import { startValkey } from "./valkey.ts";

const START = { redis: startRedis, valkey: startValkey, postgres: startPostgres, memcached: startMemcached };

/** Starts the servers that tests use, once for a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const names = Object.keys(START) as ServiceName[];
  const services = await Promise.all(names.map((name) => START[name]()));
  const stop = async () => void (await Promise.all(services.map((service) => service.stop())));
  try {
    services.forEach(({ url, note }, i) => {
      demand(names[i], { url, note });
      project.provide(names[i], { url, note });
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const told = services.map(({ url, note }, i) => `${names[i]}: ${url === "" ? "SKIPPED, " : ""}${note}`);
  console.log(`services: ${told.join("; ")}`);
  return stop;
}
