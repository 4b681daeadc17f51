// Runs the adapters on Bun, Deno, workerd and Next.js, which are installed into a folder of the cache: `npm run test:runtimes`.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const programs = join(root, "test/runtimes");
const folder = join(root, "node_modules/.cache/sluice-runtimes");
const nextFolder = join(folder, "next-application");
const bin = (name: string): string => join(folder, "node_modules/.bin", name);

/** Exact, and outside of the lockfile: some are for one platform, all are large. */
const dependencies = {
  bun: "1.4.5",
  deno: "2.9.5",
  esbuild: "0.28.2",
  miniflare: "4.20260730.0",
  next: "16.4.5",
  react: "19.3.1",
  "react-dom": "19.3.1",
};
const allowScripts = { bun: true, deno: true, esbuild: true, sharp: false, workerd: true };

/** A program that serves, and how to start it. It prints its port, or `:port`. */
interface Runtime {
  readonly name: string;
  readonly command: readonly string[];
  readonly cwd?: string;
  /** Paths that each let two requests a minute pass. */
  readonly paths: readonly string[];
}

const ADAPTERS = ["/hono", "/fetch"];
const runtimes: readonly Runtime[] = [
  { name: "bun", command: [bin("bun"), join(programs, "bun.ts")], paths: ADAPTERS },
  {
    name: "deno",
    command: [bin("deno"), "run", "--no-check", "--no-lock", "-A", join(programs, "deno.ts")],
    paths: ADAPTERS,
  },
  {
    name: "workerd",
    command: [process.execPath, join(folder, "workerd.js"), join(programs, "worker.ts")],
    paths: ADAPTERS,
  },
  {
    name: "next",
    command: [bin("next"), "start", "--hostname", "127.0.0.1", "--port", "0"],
    cwd: nextFolder,
    paths: ["/route-handler", "/proxied"],
  },
];

install();
buildNext();
let failures = 0;
for (const runtime of runtimes) await run(runtime);
process.exitCode = failures > 0 ? 1 : 0;

function install(): void {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies, allowScripts });
  const file = join(folder, "package.json");
  mkdirSync(folder, { recursive: true });
  cpSync(join(programs, "workerd.js"), join(folder, "workerd.js"));
  if (existsSync(bin("bun")) && existsSync(file) && readFileSync(file, "utf8") === manifest) return;
  writeFileSync(file, manifest);
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: "inherit",
  });
}

/** Next.js builds what stands beside it only, so the library is copied there. */
function buildNext(): void {
  const library = join(folder, "node_modules/sluice");
  for (const old of [nextFolder, library]) rmSync(old, { recursive: true, force: true });
  cpSync(join(programs, "next"), nextFolder, { recursive: true });
  for (const part of ["dist", "package.json"])
    cpSync(join(root, "packages/sluice", part), join(library, part), { recursive: true });
  writeFileSync(join(nextFolder, "package.json"), '{ "private": true, "type": "module" }');
  writeFileSync(
    join(nextFolder, "next.config.js"),
    `export default { turbopack: { root: ${JSON.stringify(folder)} } };`,
  );
  execFileSync(bin("next"), ["build"], {
    cwd: nextFolder,
    stdio: ["ignore", "ignore", "inherit"],
    env: environment(),
  });
}

async function run({ name, command: [program, ...args], cwd = root, paths }: Runtime): Promise<void> {
  const child = spawn(program, args, { cwd, env: environment(), stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  try {
    const url = `http://127.0.0.1:${await portOf(child)}`;
    for (const path of paths) await ask(name, url + path);
    if (name === "workerd") {
      const answer = await (await fetch(`${url}/refused`)).text();
      tell(answer === "INVALID_OPTION", `workerd: clientIp() without remoteAddress is refused: ${answer}`);
    }
  } finally {
    child.kill();
    await ended;
  }
}

/** Reads on after the port: a program that prints to nobody fails. */
async function portOf({ stdout }: ChildProcess): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      const port = /(?:^|127\.0\.0\.1:)(\d+)\s/m.exec(text)?.[1];
      if (port !== undefined) resolve(port);
    });
    stdout!.on("end", () => reject(new Error(`it ended without a port: ${text}`)));
  });
}

/** The third request is refused, whatever addresses the client claims to have. */
async function ask(name: string, url: string): Promise<void> {
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const headers = { "X-Forwarded-For": `9.9.9.${i}`, "X-Real-IP": "203.0.113.9" };
    const response = await fetch(url, { headers });
    seen.push(response.status, /;r=(\d+)/.exec(response.headers.get("RateLimit") ?? "")?.[1]);
    await response.text();
  }
  tell(seen.join() === "200,1,200,0,429,0", `${name} ${new URL(url).pathname}: ${seen.join(" ")}`);
}

function tell(holds: boolean, what: string): void {
  console.log(`${holds ? "ok  " : "FAIL"} ${what}`);
  if (!holds) failures++;
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
}
