// Bundles the page and the report: node build.mjs FOLDER
//
//   FOLDER/index.html app.js app.css favicon.svg   the page of `stargate serve`: views, form, editor
//   FOLDER/report.html                             the report: views alone, all inline, with three places that
//                                                  src/report/html.c fills: title, text without script, document
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const into = process.argv[2];
if (!into) {
  console.error("usage: node build.mjs FOLDER");
  process.exit(2);
}

// Names are kept in a fixed order and no times go in: the same sources give the same bytes.
const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.ts", report: "src/report.ts" },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  charset: "utf8",
  legalComments: "none",
  outdir: "out",
  write: false,
  metafile: true,
  logLevel: "warning",
});
const text = Object.fromEntries(result.outputFiles.map((file) => [file.path.split("/").pop(), file.text]));

// Licences ask that their text goes along with every copy, so it stands at the end of each bundle: once for all packages that share it.
async function licences(bundle) {
  const inputs = Object.values(result.metafile.outputs).find((o) => o.entryPoint === bundle).inputs;
  const packages = new Set(Object.keys(inputs).flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const byText = new Map();
  for (const name of [...packages].sort()) {
    const lines = (await readFile(join(here, "node_modules", name, "LICENSE"), "utf8")).split("\n").map((line) => line.trimEnd());
    const owner = lines.find((line) => /^Copyright/.test(line)) ?? "";
    const body = lines.filter((line) => line !== owner && !/^(All rights reserved\.|.*MIT License.*)$/i.test(line)).join("\n").trim();
    const key = body.replace(/\s+/g, " ");
    byText.set(key, { body, owners: [...(byText.get(key)?.owners ?? []), `${name}: ${owner}`] });
  }
  const texts = [...byText.values()].map(({ body, owners }) => `${owners.join("\n")}\n\n${body}`);
  if (!texts.length || texts.some((t) => t.includes("*/"))) throw new Error(`no licences for ${bundle}`);
  return `/*!\nContains\n\n${texts.join("\n\n---\n\n")}\n*/`;
}

// A policy that names what may run by its hash: nothing that a document brings along can, and nothing is fetched.
const hash = (code) => `'sha256-${createHash("sha256").update(code, "utf8").digest("base64")}'`;
const script = `${text["report.js"].trim()}\n${await licences("src/report.ts")}`;
const style = text["report.css"].trim();
if (/<\/(script|style)/i.test(script + style) || script.includes("<!--")) throw new Error("the bundle would end its own tag");
const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;

const icon = await readFile(join(here, "src/favicon.svg"), "utf8");
const page = (await readFile(join(here, "src/index.html"), "utf8")).trimEnd() + "\n";
const report = (await readFile(join(here, "src/report.html"), "utf8"))
  .replace("{policy}", () => policy)
  .replace("{icon}", () => encodeURIComponent(icon.trim()))
  .replace("{style}", () => style)
  .replace("{script}", () => script);

await mkdir(into, { recursive: true });
const put = (name, content) => writeFile(join(into, name), content);
await Promise.all([
  put("index.html", page),
  put("app.js", `${text["app.js"].trim()}\n${await licences("src/main.ts")}\n`),
  put("app.css", text["app.css"]),
  put("favicon.svg", icon),
  put("report.html", report),
]);
