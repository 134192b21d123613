// How a report is used, and reports of runs that lack something: node test/report.mjs REPORT.html [CHROMIUM]. No view may fail, each
// says what is missing. What its tables say is held against the run's JSON in tests/browser/.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { drawAll, launch, open, status, verdict, wrongParts } from "./browser.mjs";

const [report, browserPath] = process.argv.slice(2);
const html = await readFile(report, "utf8");
const place = /(id="document">)([^<]*)(<)/;
const doc = JSON.parse(gunzipSync(Buffer.from(place.exec(html)[2], "base64")).toString());

const without = (...keys) => (d) => keys.forEach((k) => delete d[k]);
const nothing = (row) => Object.fromEntries(Object.keys(row).map((k) => [k, Array.isArray(row[k]) && k !== "month" ? row[k].map(() => 0) : row[k]]));
const EDGES = {
  "no promises": (d) => void (d.promises = []),
  "an older version's keys": without("command", "horizon", "facts_known", "campuses", "schedule", "delay_by_year", "flows", "covenants", "inputs", "validation", "joint", "facts"),
  "empty lists": (d) => Object.assign(d, { facts_known: [], schedule: [], flows: [], covenants: [], inputs: [], validation: [] }),
  "no parties": (d) => Object.assign(d, { parties: {}, flows: [] }),
  "no campus": (d) => Object.assign(d, { delay: {}, campuses: {}, schedule: [], delay_by_year: { year: [], mw_months: {}, campus: {} }, promises: [] }),
  "one campus": (d) => {
    const name = Object.keys(d.delay)[0];
    d.delay = { [name]: d.delay[name] };
    d.campuses = { [name]: d.campuses[name] };
    d.schedule = d.schedule.filter((b) => b.campus === name).slice(0, 1);
    d.delay_by_year.campus = { [name]: d.delay_by_year.campus[name] };
  },
  "no counterfactuals": (d) => Object.values(d.delay).forEach((c) => (c.without = {})),
  "no series": (d) => Object.assign(d, { series: {}, metrics: {} }),
  "series of nothing": (d) => Object.keys(d.series).forEach((k) => (d.series[k] = nothing(d.series[k]))),
  "nulls for numbers": (d) => {
    for (const s of Object.values(d.series)) for (const q of ["plan", "mean", "p5", "p10", "p50", "p90", "p95"]) s[q] = s[q].map(() => null);
    for (const p of d.promises) Object.assign(p, { probability: null, says: null, who: null, source: null, planned_date: null, p10_date: null, p50_date: null, p90_date: null });
    for (const p of Object.values(d.parties)) for (const v of [p.npv_usd, p.cash_in_usd, p.cash_out_usd]) for (const q of Object.keys(v)) v[q] = null;
  },
  "losses only": (d) => Object.values(d.parties).forEach((p) => ["p5", "p10", "p50", "p90", "p95"].forEach((q, i) => (p.npv_usd[q] = -1e9 * (6 - i)))),
  "a seed beyond 63 bits, cancelled, texts with markup": (d) => {
    Object.assign(d, { seed: "18446744073709551615", cancelled: true, scenarios_wanted: 10000, programme: "<img src=x onerror=alert(1)> & </script>" });
    for (const p of d.promises) p.says = `<b>${"long words without a break ".repeat(8)}</b>${"x".repeat(120)}`;
  },
};

// A promise is picked with the keyboard, a fan is read month by month, colours are switched.
async function checkUse(page, doc) {
  const last = [...doc.promises].sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0))[0];
  if (last) {
    await page.locator(`[data-testid="promise-${last.id}"] button`).focus();
    await page.keyboard.press("Enter");
    const shown = await page.locator('[data-testid="answer-odds"]').getAttribute("data-value");
    verdict("a promise is picked", Number(shown) === last.probability ? "" : `odds ${shown} in place of ${last.probability}`);
    verdict("the focus stays on the promise that was picked", (await page.evaluate(() => document.activeElement?.closest("[data-testid]")?.getAttribute("data-testid"))) === `promise-${last.id}` ? "" : "it went elsewhere");
  }
  const fan = page.locator('[data-testid="chart-capacity-mw"] svg');
  if (await fan.count()) {
    await fan.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("PageDown");
    const reading = await page.locator('[data-testid="chart-capacity-mw"] .reading').innerText();
    verdict("arrow keys read a fan", /^[A-Z][a-z]+ \d{4}/.test(reading) && /median/.test(reading) ? "" : reading);
    await page.keyboard.press("Escape");
    verdict("Escape ends the reading", await page.locator('[data-testid="chart-capacity-mw"] .reading').isHidden() ? "" : "it stays");
  }
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await paper();
  await page.click('[data-testid="theme"]');
  verdict("colours are switched", before === (await paper()) ? "they stay" : "");
  await page.click('[data-testid="theme"]');
}

// ---- All of it ---------------------------------------------------------------------------------------------------------

const folder = await mkdtemp(join(tmpdir(), "stargate-edges-"));
const browser = await launch(browserPath);
const whole = await open(browser, report);
await checkUse(whole.page, doc);
verdict("no complaint, no request", whole.complaints[0] ?? whole.requests[0]);
await whole.close();
for (const [name, change] of Object.entries(EDGES)) {
  const changed = structuredClone(doc);
  change(changed);
  const file = join(folder, "report.html");
  await writeFile(file, html.replace(place, (_, before, __, after) => before + gzipSync(JSON.stringify(changed)).toString("base64") + after));
  const { page, complaints, requests, close } = await open(browser, file, { width: 390, height: 844 });
  const failure = await page.locator(".failure").allTextContents();
  if (!failure.length) await drawAll(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const wrong = failure[0] ?? complaints[0] ?? requests[0] ?? (wide > 0 ? `${wide} px too wide` : await wrongParts(page));
  verdict(`with ${name}`, wrong);
  await close();
}
await writeFile(join(folder, "report.html"), html.replace(place, (_, before, __, after) => before + "H4sIbroken" + after));
const { page, close } = await open(browser, join(folder, "report.html"));
verdict("with a broken document", (await page.locator(".failure").count()) ? "" : "no word about it");
await close();
await browser.close();
await rm(folder, { recursive: true });
process.exit(status());
