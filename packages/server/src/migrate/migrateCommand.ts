import { Command, Option } from "commander";
import { isSluiceError, storeFromEnv } from "sluice";
import { postgresMigration } from "sluice/postgres";

interface MigrateOptions {
  readonly store?: string;
  readonly print?: true;
}

/** `sluice migrate`. */
export function migrateCommand(): Command {
  return new Command("migrate")
    .description("make what a store in PostgreSQL needs, where it is not yet there")
    .addOption(new Option("--store <url>", "postgres://...").env("SLUICE_STORE"))
    .option("--print", "print the SQL instead, for psql -1")
    .action(run);
}

async function run({ store = "", print }: MigrateOptions, command: Command): Promise<void> {
  if (print) {
    process.stdout.write(postgresMigration());
    return;
  }
  if (!/^postgres(?:ql)?:/.test(store)) command.error("error: it needs --store postgres://..., or --print");
  try {
    const opened = await storeFromEnv(store);
    await opened.close();
    console.log("sluice: the store is migrated");
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    console.error(`sluice: ${error.message}`);
    process.exitCode = 1;
  }
}
