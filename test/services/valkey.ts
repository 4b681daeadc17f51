import { valkeyBinary } from "./redisBinary.ts";
import { runRedis } from "./runRedis.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** A Valkey: of the environment, of this machine, or of Debian's packages, taken apart in a folder without root. */
export async function startValkey(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_VALKEY_URL");
  if (given !== undefined) return given;
  const binary = valkeyBinary();
  if (binary === undefined) {
    const note = "no SLUICE_TEST_VALKEY_URL, no valkey-server on PATH, and apt-get could not fetch it";
    return { url: "", note, stop: async () => {} };
  }
  const { port, stop } = await runRedis(binary);
  return { url: `redis://127.0.0.1:${port}`, note: binary.path, stop };
}
