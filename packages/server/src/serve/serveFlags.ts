import { InvalidArgumentError, Option } from "commander";
import { type ConfigurationError, trustedProxies } from "sluice";

/** The flags of `sluice serve`, each with its variable of the environment and its default. */
export function serveFlags(): readonly Option[] {
  return [
    flag("--host <address>", "where requests are answered", "127.0.0.1", "SLUICE_HOST").argParser(readHost),
    flag("--port <number>", "its port; 0 takes a free one", 8080, "SLUICE_PORT").argParser(readPort),
    flag(
      "--admin-host <address>",
      "where the admin port listens",
      "127.0.0.1",
      "SLUICE_ADMIN_HOST",
    ).argParser(readHost),
    flag("--admin-port <number>", "its port; 0 takes a free one", 8081, "SLUICE_ADMIN_PORT").argParser(
      readPort,
    ),
    storeFlag(),
    trustedFlag(),
    watchFlag(),
    new Option("--no-watch", "read FILE again only on SIGHUP"),
  ];
}

function flag(flags: string, description: string, value: unknown, variable: string): Option {
  return new Option(flags, description).default(value).env(variable);
}

function storeFlag(): Option {
  const description = "where state lives: memory, sqlite:PATH, redis://..., rediss://..., or postgres://...";
  return flag("--store <store>", description, "sqlite:./data/sluice.db", "SLUICE_STORE").argParser(readStore);
}

function trustedFlag(): Option {
  const description =
    "addresses and CIDRs of your proxies, with commas between: whose X-Original-*, X-Forwarded-* are believed";
  return new Option("--trusted-proxies <cidrs>", description)
    .default([], "none")
    .env("SLUICE_TRUSTED_PROXIES")
    .argParser(readTrusted);
}

function watchFlag(): Option {
  return new Option("--watch [switch]", "read FILE again when it changes: on or off")
    .preset("on")
    .default(true, "on")
    .env("SLUICE_WATCH")
    .argParser(readSwitch);
}

/** Node takes an empty host for every interface there is, which nobody means by an empty variable. */
function readHost(text: string): string {
  if (text.trim() !== "") return text;
  throw new InvalidArgumentError("It must be an address or a name.");
}

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
}

/** What is wrong with more than that is told later: the message from here would show a password. */
function readStore(text: string): string {
  if (text.trim() !== "") return text.trim();
  throw new InvalidArgumentError("It must be memory, sqlite:PATH, redis://..., or postgres://....");
}

function readTrusted(text: string, before: readonly string[]): readonly string[] {
  const added = text.split(/[\s,]+/).filter((part) => part !== "");
  for (const part of added) checkTrusted(part);
  return [...before, ...added];
}

function checkTrusted(part: string): void {
  try {
    trustedProxies([part]);
  } catch (error) {
    const { code, message } = error as ConfigurationError;
    const everybody = `${part} lets every client choose its own address; list your proxies, such as 10.0.0.0/8.`;
    const own = message.replace(/^clientIp trustedProxies /, "It ");
    throw new InvalidArgumentError(code === "INVALID_ADDRESS" ? own : everybody);
  }
}

function readSwitch(text: string): boolean {
  const word = text.toLowerCase();
  if (["on", "true", "yes", "1"].includes(word)) return true;
  if (["off", "false", "no", "0"].includes(word)) return false;
  const swallowed = " After --watch, a file is taken for the switch: write --watch=on.";
  throw new InvalidArgumentError(`It must be on or off.${/[./]/.test(text) ? swallowed : ""}`);
}
