// Runs in the folder where miniflare and esbuild are: bundles the worker, serves it.
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const [worker] = process.argv.slice(2);
const { outputFiles } = await build({ entryPoints: [worker], bundle: true, format: "esm", write: false });
const miniflare = new Miniflare({
  modules: true,
  script: outputFiles[0].text,
  compatibilityDate: "2026-07-01",
  host: "127.0.0.1",
  port: 0,
});
console.log((await miniflare.ready).port);
