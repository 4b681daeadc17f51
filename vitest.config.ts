import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const library = new URL("packages/sluice/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("package.json", library), "utf8")) as {
  exports: Record<string, { default: string } | string>;
};

// "sluice/sqlite" -> packages/sluice/src/stores/sqlite.ts, so that tests need no build.
const alias = Object.entries(manifest.exports).flatMap(([subpath, target]) => {
  if (typeof target === "string") return [];
  const source = target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts");
  return [
    {
      find: new RegExp(`^sluice${subpath.slice(1)}$`),
      replacement: fileURLToPath(new URL(source, library)),
    },
  ];
});

const services = "test/services/setup.ts";

export default defineConfig({
  resolve: { alias },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "docs/**/*.test.ts"],
    globalSetup: existsSync(new URL(services, import.meta.url)) ? [services] : [],
    reporters: ["default", "./test/countReporter.ts"],
    pool: "forks",
    maxWorkers: 2,
    // Only so that nothing hangs for ever: a slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { provider: "v8", include: ["packages/*/src/**/*.ts"] },
  },
});
