import { Command } from "commander";
import { isSluiceError } from "sluice";
import { RulesFileError } from "../file/RulesFileError.ts";
import { introduction } from "./introduction.ts";
import { Log } from "./Log.ts";
import { runUntilSignal } from "./runUntilSignal.ts";
import { serve } from "./serve.ts";
import { serveFlags } from "./serveFlags.ts";
import type { ServeOptions } from "./ServeOptions.ts";
import { StartError } from "./StartError.ts";

const AFTER_HELP = `
The main port answers any request as the guarded route would: 200 with the decision as JSON, or 429. It is also what
proxies ask, if they are trusted: nginx auth_request with X-Original-URI and X-Original-Method (refusals are 403), and
forward auth of Traefik and Caddy with X-Forwarded-Uri and X-Forwarded-Method. The admin port has /healthz, /metrics
and POST /v1/consume, and no password: keep it to yourself. SIGHUP reads FILE again.`;

/** `sluice serve FILE`. */
export function serveCommand(): Command {
  const command = new Command("serve")
    .description("answer requests by the rules in FILE (YAML or JSON)")
    .argument("<FILE>", "the rules, such as limits.yaml")
    .addHelpText("after", AFTER_HELP)
    .action(run);
  for (const option of serveFlags()) command.addOption(option);
  return command;
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
    if (isFault(error)) log.complain(`${error.message}\nsluice: nothing was started`);
    else if (error instanceof StartError || isSluiceError(error)) log.complain(`sluice: ${error.message}`);
    else throw error;
    process.exitCode = 1;
  }
}

/** Of the rules file: all that is wrong with it, each with its place. */
function isFault(error: unknown): error is Error {
  return error instanceof RulesFileError || (isSluiceError(error) && error.code === "INVALID_FILE");
}
