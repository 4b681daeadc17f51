import { rmSync } from "node:fs";

for (const name of ["sluice", "server"]) {
  rmSync(new URL(`../packages/${name}/dist`, import.meta.url), { recursive: true, force: true });
}
