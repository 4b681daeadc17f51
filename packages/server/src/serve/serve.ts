import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { trustedProxies } from "sluice";
import { readText } from "sluice/file";
import { nodeRequest } from "sluice/node";
import { adminHandler } from "../admin/adminHandler.ts";
import { isLoopback } from "../admin/isLoopback.ts";
import { readServedRules } from "../file/readServedRules.ts";
import { Metrics } from "../metrics/Metrics.ts";
import { answerRequest } from "../requests/answerRequest.ts";
import type { RuleSet } from "../rules/RuleSet.ts";
import type { Context } from "./Context.ts";
import { createHttpServer } from "./createHttpServer.ts";
import { drain } from "./drain.ts";
import { listen } from "./listen.ts";
import type { Log } from "./Log.ts";
import { openStore } from "./openStore.ts";
import { RulesKeeper } from "./RulesKeeper.ts";
import type { ServeOptions } from "./ServeOptions.ts";
import { StoreState } from "./StoreState.ts";
import { tellCapacity } from "./tellCapacity.ts";

/** How long closing may take, whatever the store does, and how much of it is for requests in flight. */
const CLOSE_MS = 5000;
const DRAIN_MS = 4500;

/** A server that runs. */
export interface Serving {
  /** Where requests are answered, and where the admin port is: `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly adminUrl: string;
  readonly rules: () => RuleSet;
  /** Takes the rules of the file as it is now; a bad one changes nothing. */
  reload(): Promise<void>;
  /** Lets the requests in flight finish, and closes everything, within five seconds. */
  close(): Promise<void>;
}

/**
 * Serves a rules file.
 * @throws RulesFileError, ConfigurationError, StartError; then nothing was started
 */
export async function serve(file: string, options: ServeOptions, log: Log): Promise<Serving> {
  const trusted = options.trustedProxies;
  const trusts = trustedProxies(trusted);
  const text = await readText(file);
  const checked = readServedRules(file, text, trusted);
  const store = await openStore(options.store);
  const metrics = new Metrics();
  const closing: (() => unknown)[] = [() => store.close()];
  const closeAll = async () => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  const close = () => within(CLOSE_MS, closeAll());
  try {
    tellCapacity(store, log);
    const state = new StoreState(store, metrics, log);
    const keeper = new RulesKeeper({ file, trusted, store, state, metrics, log }, text, checked);
    const rules = () => keeper.current;
    const context: Context = { rules, trusts, metrics, log, store: state };
    const main = createHttpServer(log, (request) =>
      answerRequest(context, nodeRequest(request, request.url ?? "/")),
    );
    const admin = createHttpServer(log, adminHandler(context));
    closing.push(() => drain([main, admin], DRAIN_MS));
    const { host, port } = options;
    const url = await listen(main, { host, port, hostFlag: "--host", portFlag: "--port" });
    const adminUrl = await listenForAdmin(admin, options, log);
    if (options.watch) closing.push(await keeper.watch());
    return { url, adminUrl, rules, reload: () => keeper.reload(true), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Waits for no more than so many milliseconds. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function listenForAdmin(server: Server, options: ServeOptions, log: Log): Promise<string> {
  const { adminHost: host, adminPort: port } = options;
  const url = await listen(server, { host, port, hostFlag: "--admin-host", portFlag: "--admin-port" });
  if (!isLoopback((server.address() as AddressInfo).address))
    log.complain("sluice: the admin port has no password, and other machines may reach it");
  return url;
}
