// The report: one file, opened from the disk, with no network at all.
import { readFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { axe, equal, noSideScroll, numbersOf, open, stargate, test, views, walkViews, yes } from "./lib.mjs";
import { holdTables, knownTables } from "./numbers.mjs";

const variant = { seed: 5, scenarios: 400, set: [{ path: "contracts.senior.tenor", value: "8 years" }], without: true };

export async function reportTests({ browser, program, programme, folder }) {
  const file = join(folder, "report.html");
  const set = variant.set.flatMap((s) => ["--set", `${s.path}=${s.value}`]);
  stargate(program, ["run", programme, "--seed", "5", "--scenarios", "400", ...set, "--html", file]);
  const url = pathToFileURL(file).href;
  const visit = async (options) => {
    const visited = await open(browser, { ...options, places: [url, "data:", "blob:"] });
    // When the page says that it is drawn, by its own clock.
    await visited.page.addInitScript(() => {
      new MutationObserver((_, me) => {
        if (!document.documentElement?.dataset.drawn) return;
        requestAnimationFrame(() => (window.drawnAt = performance.now()));
        me.disconnect();
      }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-drawn"] });
    });
    await visited.page.goto(url);
    await visited.page.waitForFunction(() => window.drawnAt);
    return visited;
  };

  await test("report: one file below 1.5 MB that names no other place", async () => {
    yes(statSync(file).size < 1.5e6, `${statSync(file).size} bytes`);
    const text = readFileSync(file, "utf8").replace(/<script type="application\/gzip\+base64"[^]*?<\/script>/, "");
    const links = [...text.matchAll(/(?:src|href)\s*=\s*["']?(?!#|data:|blob:)(\w+:\/\/[^"'\s>]+)/g)].map((m) => m[1]);
    equal(links.length, 0, `it names ${links.join(", ")}`);
    console.log(`# report.html: ${statSync(file).size} bytes`);
  });

  await test("report: drawn in under a second", async () => {
    const took = [];
    for (let i = 0; i < 3; i++) {
      const visited = await visit({});
      took.push(await visited.page.evaluate(() => window.drawnAt));
      await visited.close();
    }
    console.log(`# report drawn in ${took.map((t) => Math.round(t)).join(", ")} ms`);
    yes(Math.min(...took) < 1000, `${took.map(Math.round).join(", ")} ms`);
  });

  for (const width of [1280, 390])
    for (const scheme of ["light", "dark"])
      await test(`report: every view at ${width} px, ${scheme}`, async () => {
        const visited = await visit({ width, scheme });
        const { page } = visited;
        const charts = await walkViews(page);
        yes(charts.length >= 20, `only ${charts.length} charts are drawn: ${charts}`);
        await noSideScroll(page, "report");
        await axe(page);
        visited.clean();
        await visited.close();
      });

  await test("report: every cell of every table is the run's", async () => {
    const visited = await visit({});
    await walkViews(visited.page);
    const { cells, tables } = await holdTables(visited.page, numbersOf(program, programme, variant));
    const missing = knownTables.filter((t) => !tables.includes(t));
    equal(missing.length, 0, `no table of ${missing}`);
    console.log(`# ${cells} cells of ${tables.length} tables`);
    visited.clean();
    await visited.close();
  });

  await test("report: from a phone to 4K nothing is wider than the screen, and it prints", async () => {
    const visited = await visit({});
    const { page } = visited;
    for (const width of [320, 390, 600, 768, 1024, 1440, 1920, 3840]) {
      await page.setViewportSize({ width, height: Math.round(width * 0.6) });
      for (const id of views) await page.getByTestId(`view-${id}`).scrollIntoViewIfNeeded();
      await noSideScroll(page, `at ${width} px`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    yes((await page.pdf({ format: "A4" })).length > 100_000, "the PDF is empty");
    visited.clean();
    await visited.close();
  });

  await test("report: CSV and a chart's link", async () => {
    const visited = await visit({});
    const { page } = visited;
    const chart = page.getByTestId("chart-capacity-mw");
    await chart.scrollIntoViewIfNeeded();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("csv-capacity-mw").click()]);
    const rows = readFileSync(await download.path(), "utf8").trim().split("\r\n").map((line) => line.split(","));
    const want = numbersOf(program, programme, variant).series["programme.capacity_mw"];
    equal(rows.length, want.month.length + 1, "lines of the CSV");
    want.month.forEach((month, i) => {
      equal(rows[i + 1][0], month, "month");
      equal(Number(rows[i + 1][5]), want.p50[i], `median of ${month}`);
    });
    await chart.getByRole("link", { name: /Link/ }).click();
    yes(page.url().endsWith("#chart-capacity-mw"), page.url());
    visited.clean();
    await visited.close();
  });
}
