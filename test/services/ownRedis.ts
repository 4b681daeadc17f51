import { redisBinary, valkeyBinary } from "./redisBinary.ts";
import { runRedis } from "./runRedis.ts";
import { demand, type RunningService } from "./Service.ts";

/** A server that a test file has for itself, with settings of redis.conf. */
export async function startOwnRedis(
  kind: "Redis" | "Valkey",
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const binary = kind === "Redis" ? redisBinary() : valkeyBinary();
  if (binary === undefined) {
    const none = { url: "", note: `no ${kind.toLowerCase()}-server on PATH, and apt-get could not fetch it` };
    demand(`a ${kind} of their own`, none);
    return { ...none, stop: async () => {} };
  }
  const { port, stop } = await runRedis(binary, settings);
  return { url: `redis://127.0.0.1:${port}`, note: binary.path, stop };
}
