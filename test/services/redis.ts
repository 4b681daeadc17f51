import { redisBinary } from "./redisBinary.ts";
import { runRedis } from "./runRedis.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** A Redis: of the environment, of this machine, or of Debian's packages, taken apart in a folder without root. */
export async function startRedis(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_REDIS_URL");
  if (given !== undefined) return given;
  const binary = redisBinary();
  if (binary === undefined) {
    const note = "no SLUICE_TEST_REDIS_URL, no redis-server on PATH, and apt-get could not fetch it";
    return { url: "", note, stop: async () => {} };
  }
  const { port, stop } = await runRedis(binary);
  return { url: `redis://127.0.0.1:${port}`, note: binary.path, stop };
}
