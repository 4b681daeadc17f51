import { Command, InvalidArgumentError, Option } from "commander";
import { isSluiceError, trustedProxies } from "sluice";
import { RulesFileError } from "../file/RulesFileError.ts";
import { introduction } from "./introduction.ts";
import { Log } from "./Log.ts";
import { parseStore, type StoreChoice } from "./openStore.ts";
import { runUntilSignal } from "./runUntilSignal.ts";
import { serve } from "./serve.ts";
import type { ServeOptions } from "./ServeOptions.ts";
import { StartError } from "./StartError.ts";

const AFTER_HELP = `
The main port answers any request as the guarded route would: 200 with the decision as JSON, or 429. It is also what
proxies ask, if they are trusted: nginx auth_request with X-Original-URI and X-Original-Method (refusals are 403), and
forward auth of Traefik and Caddy with X-Forwarded-Uri and X-Forwarded-Method. The admin port has /healthz, /metrics
and POST /v1/consume, and no password: keep it to yourself. SIGHUP reads FILE again.`;

/** `sluice serve FILE`. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("answer requests by the rules in FILE (YAML or JSON)")
    .argument("<FILE>", "the rules, such as limits.yaml")
    .addOption(flag("--host <address>", "where requests are answered", "127.0.0.1", "SLUICE_HOST"))
    .addOption(
      flag("--port <number>", "its port; 0 takes a free one", 8080, "SLUICE_PORT").argParser(readPort),
    )
    .addOption(
      flag("--admin-host <address>", "where the admin port listens", "127.0.0.1", "SLUICE_ADMIN_HOST"),
    )
    .addOption(
      flag("--admin-port <number>", "its port; 0 takes a free one", 8081, "SLUICE_ADMIN_PORT").argParser(
        readPort,
      ),
    )
    .addOption(storeOption())
    .addOption(trustedOption())
    .addOption(watchOption())
    .addOption(new Option("--no-watch", "read FILE again only on SIGHUP"))
    .addHelpText("after", AFTER_HELP)
    .action(run);
}

function flag(flags: string, description: string, value: unknown, variable: string): Option {
  return new Option(flags, description).default(value).env(variable);
}

function storeOption(): Option {
  const choice: StoreChoice = { kind: "sqlite", path: "./data/sluice.db" };
  return new Option("--store <store>", "where state lives: memory, or sqlite:PATH")
    .default(choice, "sqlite:./data/sluice.db")
    .env("SLUICE_STORE")
    .argParser(readStore);
}

function trustedOption(): Option {
  const description =
    "addresses and CIDRs of your proxies, with commas between: whose X-Original-*, X-Forwarded-* are believed";
  return new Option("--trusted-proxies <cidrs>", description)
    .default([], "none")
    .env("SLUICE_TRUSTED_PROXIES")
    .argParser(readTrusted);
}

function watchOption(): Option {
  return new Option("--watch [switch]", "read FILE again when it changes: on or off")
    .preset("on")
    .default(true, "on")
    .env("SLUICE_WATCH")
    .argParser(readSwitch);
}

async function run(file: string, options: ServeOptions): Promise<void> {
  const log = new Log(
    (line) => console.log(line),
    (line) => console.error(line),
  );
  try {
    const serving = await serve(file, options, log);
    const ended = runUntilSignal(serving, log);
    log.say(introduction(file, options, serving));
    await ended;
    process.exit(0);
  } catch (error) {
    if (error instanceof RulesFileError) log.complain(`${error.message}\nsluice: nothing was started`);
    else if (error instanceof StartError || isSluiceError(error)) log.complain(`sluice: ${error.message}`);
    else throw error;
    process.exitCode = 1;
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

function readStore(text: string): StoreChoice {
  const store = parseStore(text);
  if ("kind" in store) return store;
  const hint = store.nearest === undefined ? "" : ` Did you mean ${store.nearest}?`;
  throw new InvalidArgumentError(`It must be memory, or sqlite:PATH.${hint}`);
}

function readTrusted(text: string, before: readonly string[]): readonly string[] {
  const added = text.split(/[\s,]+/).filter((part) => part !== "");
  try {
    trustedProxies(added);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...before, ...added];
}

function readSwitch(text: string): boolean {
  const word = text.toLowerCase();
  if (["on", "true", "yes", "1"].includes(word)) return true;
  if (["off", "false", "no", "0"].includes(word)) return false;
  throw new InvalidArgumentError("It must be on or off.");
}
