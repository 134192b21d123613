// Bundles test/*.test.ts and runs them: node test/run.mjs
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const into = await mkdtemp(join(tmpdir(), "stargate-web-"));
const tests = (await readdir(here)).filter((name) => name.endsWith(".test.ts")).sort();
await build({ entryPoints: tests.map((name) => join(here, name)), bundle: true, platform: "node", format: "esm", outdir: into, outExtension: { ".js": ".mjs" }, logLevel: "warning" });
const run = spawnSync(process.execPath, ["--test", ...tests.map((name) => join(into, name.replace(/\.ts$/, ".mjs")))], { stdio: "inherit" });
await rm(into, { recursive: true });
process.exit(run.status ?? 1);
