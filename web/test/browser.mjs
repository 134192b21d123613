// What browser tests share: Debian's Chromium without a network of its own, a page that keeps its complaints, and verdicts.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export const launch = (executablePath = "/usr/bin/chromium") =>
  chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** Opens a report and waits until it says that it is drawn, or that it cannot be. */
export async function open(browser, report, viewport = { width: 1280, height: 900 }, colorScheme = "light") {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (m) => ["error", "warning"].includes(m.type()) && complaints.push(m.text()));
  page.on("pageerror", (e) => complaints.push(e.message));
  page.on("request", (r) => !/^(file|data|blob):/.test(r.url()) && requests.push(r.url()));
  await page.goto(pathToFileURL(resolve(report)).href);
  await page.waitForFunction(() => document.documentElement.dataset.drawn === "yes" || document.querySelector(".failure"), null, { timeout: 10000 });
  return { page, complaints, requests, close: () => context.close() };
}

/** All charts drawn and all tables filled, as for printing. */
export const drawAll = (page) => page.evaluate(() => void dispatchEvent(new Event("beforeprint")));

/** What is wrong with a chart: each has a title, a sentence, and either a drawing with its numbers or a reason why not. */
export async function wrongParts(page) {
  return page.evaluate(() => {
    const parts = [...document.querySelectorAll("figure.chart")].map((f) => ({
      id: f.id,
      empty: f.classList.contains("empty"),
      title: f.querySelector("h3")?.textContent ?? "",
      sentence: f.querySelector(".sentence")?.textContent ?? "",
      drawn: (f.querySelector(".drawing")?.childElementCount ?? 0) > 0,
      rows: f.querySelectorAll("tbody tr").length,
      link: f.querySelector("a")?.getAttribute("href"),
      csv: !!f.querySelector("[data-testid^=csv-]"),
    }));
    const wrong = parts.find((p) => !p.title || p.sentence.length < 10 || /undefined|NaN|null|Infinity/.test(p.title + p.sentence) || (!p.empty && (!p.drawn || !p.rows || p.link !== `#${p.id}` || !p.csv)));
    if (parts.length < 15) return `${parts.length} charts`;
    if (wrong) return JSON.stringify(wrong);
    const broken = [...document.querySelectorAll("svg *")].find((e) => [...e.attributes].some((a) => /NaN|undefined|Infinity/.test(a.value)));
    return broken ? `a number that is none: ${broken.outerHTML.slice(0, 200)}` : "";
  });
}

let failed = 0;

/** Prints a line that scripts/check.sh counts. */
export function verdict(what, wrong) {
  if (wrong) failed++;
  console.log(wrong ? `FAIL report ${what}: ${wrong}` : `ok report ${what}`);
}

export const status = () => (failed ? 1 : 0);
