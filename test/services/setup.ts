import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";

/** Starts the servers that tests use, once for a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  const stop = async () => void (await Promise.all([redis.stop(), postgres.stop()]));
  for (const [name, { url, note }] of Object.entries({ redis, postgres })) {
    project.provide(name as "redis" | "postgres", { url, note });
    if (url === "" && process.env.SLUICE_REQUIRE_SERVICES === "1") {
      await stop();
      throw new Error(`SLUICE_REQUIRE_SERVICES=1, but there is no ${name}: ${note}`);
    }
  }
  const told = Object.entries({ redis, postgres }).map(
    ([name, { url, note }]) => `${name}: ${url === "" ? "SKIPPED, " : ""}${note}`,
  );
  console.log(`services: ${told.join("; ")}`);
  return stop;
}
