#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { migrateCommand } from "./migrate/migrateCommand.ts";
import { serveCommand } from "./serve/serveCommand.ts";

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

// A reader that goes away, as `sluice ... | head` does, is no reason to fail.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const program = new Command("sluice")
  .description("Rate limits by rules in a file")
  .version(manifest.version)
  .addCommand(serveCommand())
  .addCommand(migrateCommand());

await program.parseAsync();
