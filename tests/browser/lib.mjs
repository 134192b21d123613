// What all browser tests share: the browser, contexts that let nothing leave the machine, verdicts, axe, the program itself.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateRawSync } from "node:zlib";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: options });

// ---- Verdicts -----------------------------------------------------------------------------------------------------------

let failed = 0;

export async function test(name, body) {
  const began = Date.now();
  try {
    await body();
    console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    const [first, ...rest] = String(error?.stack ?? error).split("\n");
    console.log(`FAIL ${name}: ${first}`);
    for (const line of rest.slice(0, 12)) console.log(`    ${line}`);
  }
}

export const failures = () => failed;

export function equal(got, want, what) {
  if (!Object.is(got, want)) throw new Error(`${what}: ${JSON.stringify(got)}, but ${JSON.stringify(want)} is right`);
}

export function yes(condition, what) {
  if (!condition) throw new Error(what);
}

// ---- Pages --------------------------------------------------------------------------------------------------------------

// A page whose every request must go to one of the places given, and whose console must stay without errors. `clean()`
// throws what went wrong so far.
export async function open(browser, { width = 1280, height = 900, scheme = "light", places, motion = "no-preference" }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: motion, acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
  const wrong = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (places.some((place) => url === place || url.startsWith(place))) return route.continue();
    wrong.push(`a request for ${url}`);
    return route.abort();
  });
  context.on("page", (page) => listen(page, wrong));
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return {
    page,
    context,
    allow: (pattern) => wrong.splice(0, wrong.length, ...wrong.filter((w) => !pattern.test(w))),
    clean: () => yes(wrong.length === 0, wrong.join("\n")),
    close: () => context.close(),
  };
}

function listen(page, wrong) {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") wrong.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => wrong.push(`exception: ${error.stack}`));
}

// Words of WCAG 2.2 A and AA and axe's own best practices; `within` narrows it to a part.
export async function axe(page, within = "html") {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(async (part) => {
    const result = await window.axe.run(part, { resultTypes: ["violations"] });
    return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.any.concat(n.all, n.none).map((c) => c.message).join("; ")}`));
  }, within);
  yes(found.length === 0, `axe finds ${found.length}:\n${found.slice(0, 8).join("\n")}`);
}

export async function noSideScroll(page, what) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  yes(wide <= room, `${what}: ${wide} px wide where there is room for ${room}`);
}

export const views = ["promises", "capacity", "schedule", "breaks", "money", "machine", "winners", "belief"];

// Scrolls to each view and holds every chart in it against what a chart must have. Returns the ids of the charts.
export async function walkViews(page) {
  const ids = [];
  for (const id of views) {
    const view = page.getByTestId(`view-${id}`);
    await view.scrollIntoViewIfNeeded();
    yes((await view.getByRole("heading", { level: 2 }).count()) === 1, `view ${id} has no heading`);
    const charts = view.locator("figure[data-testid^=chart-]");
    yes((await charts.count()) > 0, `view ${id} has no chart`);
    for (const chart of await charts.all()) {
      const name = (await chart.getAttribute("data-testid")).slice("chart-".length);
      await chart.scrollIntoViewIfNeeded();
      await chart.locator(".sentence:not(:empty)").waitFor();
      const sentence = await chart.locator(".sentence").textContent();
      yes(sentence.trim().length > 20 && !/NaN|undefined|Infinity/.test(sentence), `${name} says: ${sentence}`);
      yes(((await chart.getByRole("heading", { level: 3 }).textContent()) ?? "") !== "", `${name} has no title`);
      if (await chart.evaluate((e) => e.classList.contains("empty"))) continue;
      await page.waitForFunction((e) => e.querySelector(".drawing")?.childElementCount > 0, await chart.elementHandle());
      yes(!/NaN|undefined|Infinity/.test(await chart.locator(".drawing").innerHTML()), `${name} draws what is not a number`);
      yes((await chart.getByTestId(`csv-${name}`).count()) === 1, `${name} has no CSV`);
      yes((await chart.locator(`a[href="#chart-${name}"]`).count()) === 1, `${name} has no link to itself`);
      ids.push(name);
    }
  }
  return ids;
}

// ---- The program --------------------------------------------------------------------------------------------------------

export function stargate(program, words, input) {
  const ran = spawnSync(program, words, { input, maxBuffer: 1 << 28, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(`stargate ${words.join(" ")}: status ${ran.status}\n${ran.stderr}`);
  return ran.stdout;
}

// The numbers that a variant must show.
export function numbersOf(program, file, variant) {
  const words = ["run", file, "--json", "-", "--seed", String(variant.seed), "--scenarios", String(variant.scenarios)];
  for (const { path, value } of variant.set) words.push("--set", `${path}=${value}`);
  if (!variant.without) words.push("--no-without");
  return JSON.parse(stargate(program, words));
}

// A server of one's own: its address, and an end.
export async function serve(program, words) {
  const child = spawn(program, ["serve", ...words], { stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((found, lost) => {
    child.stdout.once("data", (data) => found(String(data).split("\n")[0].trim()));
    child.once("exit", (code) => lost(new Error(`stargate serve ${words.join(" ")} ended with ${code}`)));
  });
  const ended = new Promise((end) => child.once("exit", end));
  return { address, stop: () => (child.kill("SIGINT"), ended) };
}

// The fragment of a link, made here without the page's code.
export const fragment = (variant) => `#v=${deflateRawSync(Buffer.from(JSON.stringify(variant))).toString("base64url")}`;
