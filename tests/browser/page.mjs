// The page of `stargate serve`: inputs move the odds, mistakes show at their line, and nothing is lost.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { axe, equal, fragment, noSideScroll, numbersOf, open, serve, test, views, walkViews, yes } from "./lib.mjs";
import { holdTables } from "./numbers.mjs";

const few = { set: [], seed: 3, scenarios: 300, without: false };

export async function pageTests({ browser, program, programme, folder, address }) {
  const yaml = readFileSync(programme, "utf8");
  const visit = async (options = {}, variant = few, at = address) => {
    const visited = await open(browser, { ...options, places: [at, `blob:${at}`] });
    await visited.page.goto(at + (variant === null ? "" : fragment({ yaml, ...variant })));
    return visited;
  };
  const state = (page, phase) => page.locator(`.bar[data-phase=${phase}]`).waitFor();
  // Does something that runs the programme anew, and waits for the end of that run.
  const rerun = async (page, act) => {
    const ends = await page.locator(".bar").getAttribute("data-ends");
    await act();
    await page.waitForFunction((before) => document.querySelector(".bar").dataset.ends !== before, ends);
    await state(page, "done");
  };
  // What is out of sight is drawn when it comes near.
  const odds = async (page, promise) => {
    await page.getByTestId("promise").selectOption(promise);
    await page.getByTestId("answer-odds").scrollIntoViewIfNeeded();
    await page.waitForTimeout(300);
    return Number(await page.getByTestId("answer-odds").getAttribute("data-value"));
  };
  const oddsOf = (doc, promise) => doc.promises.find((p) => p.id === promise).probability;

  await test("page: all its files are below 300 kB compressed", async () => {
    let sum = 0;
    for (const name of ["", "app.js", "app.css", "favicon.svg"]) {
      const answer = await fetch(address + name);
      equal(answer.status, 200, name);
      sum += gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 }).length;
    }
    console.log(`# page: ${sum} bytes compressed`);
    yes(sum < 300_000, `${sum} bytes`);
  });

  for (const width of [1280, 390])
    for (const scheme of ["light", "dark"])
      await test(`page: every view and every kind of input at ${width} px, ${scheme}`, async () => {
        const visited = await visit({ width, scheme });
        const { page } = visited;
        await state(page, "done");
        yes((await walkViews(page)).length >= 19, "charts are missing");
        await noSideScroll(page, "results");
        await axe(page);
        if (width < 900) await page.getByTestId("tab-inputs").click();
        for (const kind of ["form", "yaml", "sliders"]) {
          await page.getByTestId(`tab-${kind}`).click();
          if (kind === "form") await page.getByTestId("search").fill("grid");
          if (kind === "form") await page.getByText("inputs found").waitFor();
          if (kind === "sliders") await page.locator(".origin summary").first().click();
          await noSideScroll(page, kind);
          await axe(page, ".pane");
        }
        visited.clean();
        await visited.close();
      });

  await test("page: a slider moves the odds, and they are those of the same run", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    const before = await odds(page, "A33");
    equal(before, oddsOf(numbersOf(program, programme, few), "A33"), "odds of A33");
    const slider = page.getByTestId("slider-supplies.GB200-racks.rate_per_month");
    await slider.focus();
    await rerun(page, () => page.keyboard.press("End"));
    const value = await page.getByTestId("chips").locator(".value").textContent();
    const after = await odds(page, "A33");
    yes(after > before, `odds of A33 went from ${before} to ${after}`);
    const variant = { ...few, set: [{ path: "supplies.GB200-racks.rate_per_month", value }] };
    const doc = numbersOf(program, programme, variant);
    equal(after, oddsOf(doc, "A33"), "odds of A33 after");
    await walkViews(page);
    const { cells } = await holdTables(page, doc);
    console.log(`# ${cells} cells`);
    await rerun(page, () => page.getByRole("button", { name: "Take back supplies.GB200-racks.rate_per_month" }).click());
    equal(await odds(page, "A33"), before, "odds of A33 as they were");
    visited.clean();
    await visited.close();
  });

  await test("page: the form changes an input, says what is wrong with one, and writes it into the YAML", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    await page.getByTestId("tab-form").click();
    await page.getByTestId("search").fill("contracts.senior.tenor");
    const field = page.locator("#field-contracts-senior-tenor");
    await field.fill("7 MW");
    await field.press("Enter");
    await state(page, "failed");
    await page.locator(".told", { hasText: "is power, but time is needed" }).waitFor();
    equal(await field.getAttribute("aria-invalid"), "true", "aria-invalid");
    visited.allow(/422/);
    await field.fill("9 years");
    await rerun(page, () => field.press("Enter"));
    await rerun(page, () => page.getByTestId("write-all").click());
    equal(await page.getByTestId("chips").isVisible(), false, "chips are visible");
    await page.getByTestId("tab-yaml").click();
    await page.getByTestId("save").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-programme").click()]);
    const saved = readFileSync(await download.path(), "utf8");
    const lines = saved.split("\n").filter((line, i) => line !== yaml.split("\n")[i]);
    equal(lines.join("|"), "    tenor: 9 years", "lines that differ");
    visited.clean();
    await visited.close();
  });

  await test("page: a mistake in the YAML shows at its line, the last answer stays, and undo mends it", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    const line = yaml.split("\n").findIndex((l) => l.startsWith("horizon:")) + 1;
    await page.keyboard.press("3");
    await page.getByTestId("yaml").locator(".cm-line", { hasText: /^horizon:/ }).click();
    await page.keyboard.press("End");
    await page.keyboard.type(" MW");
    await state(page, "failed");
    const list = page.getByTestId("diagnostics");
    await list.getByRole("button", { name: `${line}:` }).waitFor();
    yes((await page.getByTestId("state").textContent()).includes(`Line ${line}`), "the state does not name the line");
    const marker = page.getByTestId("yaml").locator(".cm-lint-marker-error");
    equal(await marker.count(), 1, "marks in the margin");
    const [mark, number] = [await marker.boundingBox(), await page.getByTestId("yaml").locator(".cm-lineNumbers .cm-gutterElement", { hasText: new RegExp(`^${line}$`) }).boundingBox()];
    yes(Math.abs(mark.y - number.y) < number.height, "the mark is at another line");
    yes(await page.getByTestId("answer-odds").isVisible(), "the last answer went away");
    await axe(page, ".pane");
    for (let i = 0; i < 4 && (await list.isVisible()); i++) {
      await page.keyboard.press("Control+z");
      await page.waitForTimeout(600);
    }
    await state(page, "done");
    visited.allow(/422/);
    visited.clean();
    await visited.close();
  });

  await test("page: Escape cancels a run, what there is stays, and the next run is whole", async () => {
    const visited = await visit({}, { ...few, scenarios: 200_000 });
    const { page } = visited;
    await page.getByTestId("answer-odds").waitFor();
    yes(await page.getByTestId("cancel").isVisible(), "there is no button to cancel");
    await page.keyboard.press("Escape");
    await state(page, "cancelled");
    yes((await page.getByTestId("state").textContent()).startsWith("Cancelled at "), "state");
    yes(await page.getByTestId("answer-odds").isVisible(), "the answer so far went away");
    await page.getByTestId("scenarios").fill("200");
    await rerun(page, () => page.getByTestId("scenarios").press("Enter"));
    equal(await odds(page, "A33"), oddsOf(numbersOf(program, programme, { ...few, scenarios: 200 }), "A33"), "odds");
    visited.clean();
    await visited.close();
  });

  await test("page: A and B side by side, what moved, and the way back", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    await page.getByTestId("compare").click();
    await page.getByText("No promise moved.").waitFor();
    const set = [{ path: "supplies.GB200-racks.rate_per_month", value: "1000" }];
    await rerun(page, () => page.evaluate((hash) => (location.hash = hash), fragment({ yaml, ...few, set })));
    const [a, b] = [numbersOf(program, programme, few), numbersOf(program, programme, { ...few, set })];
    const moved = b.promises.map((p) => ({ id: p.id, by: p.probability - oddsOf(a, p.id) })).filter((p) => p.by !== 0).sort((x, y) => Math.abs(y.by) - Math.abs(x.by));
    const rows = await page.getByTestId("moved-promises").locator("tbody tr").allTextContents();
    yes(moved.length > 0 && rows[0].startsWith(moved[0].id), `first is ${rows[0]}, not ${moved[0]?.id}`);
    const points = await page.getByTestId("moved-promises").locator("tbody tr").first().locator("td").nth(2).textContent();
    equal(Number(points.replace("−", "-")), Math.round(moved[0].by * 1000) / 10, "points of the first");
    yes((await page.getByTestId("moved-money").locator("tbody tr").count()) > 0, "no money moved");
    yes(await page.getByText("in the other variant").isVisible(), "the views do not compare");
    await noSideScroll(page, "compared");
    await axe(page, ".versus");
    await rerun(page, () => page.getByTestId("back-to-a").click());
    await page.getByText("No promise moved.").waitFor();
    await page.getByTestId("uncompare").click();
    equal(await page.getByTestId("moved").isVisible(), false, "what moved is visible");
    visited.clean();
    await visited.close();
  });

  await test("page: saves report, workbook, journal, numbers and programme, also to the folder", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    const looks = {
      report: (b) => b.toString("latin1").startsWith("<!doctype html>"),
      workbook: (b) => b.subarray(0, 2).toString() === "PK",
      journal: (b) => b.length > 1000,
      programme: (b) => b.toString() === yaml,
      json: (b) => JSON.stringify(JSON.parse(b).promises) === JSON.stringify(numbersOf(program, programme, few).promises),
    };
    await page.getByTestId("save").click();
    for (const [kind, right] of Object.entries(looks)) {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(`save-${kind}`).click()]);
      yes(right(readFileSync(await download.path())), `${kind}: ${download.suggestedFilename()} is not what it should be`);
    }
    const out = join(folder, "out");
    for (const kind of Object.keys(looks)) {
      const before = readdirSync(out).length;
      await page.getByTestId(`folder-${kind}`).click();
      await page.getByTestId("announce").filter({ hasText: "Saved" }).waitFor({ state: "attached" });
      for (let i = 0; i < 100 && readdirSync(out).length === before; i++) await page.waitForTimeout(50);
      equal(readdirSync(out).length, before + 1, `files after ${kind}`);
    }
    visited.clean();
    await visited.close();
  });

  await test("page: a link restores variant and seed in a fresh browser, with the same numbers", async () => {
    const first = await visit({}, { ...few, seed: 11, set: [{ path: "parties.SoftBank.honours", value: "50 %" }] });
    await state(first.page, "done");
    await first.page.getByTestId("copy-link").click();
    await first.page.getByTestId("announce").filter({ hasText: "Link copied" }).waitFor({ state: "attached" });
    const link = await first.page.evaluate(() => navigator.clipboard.readText());
    const read = (page) => page.locator("#chart-promises [data-value]").evaluateAll((all) => all.map((e) => e.dataset.value).join());
    const want = await read(first.page);
    first.clean();
    await first.close();
    const second = await open(browser, { places: [address] });
    await second.page.goto(link);
    await state(second.page, "done");
    equal(await read(second.page), want, "odds");
    equal(await second.page.getByTestId("seed").inputValue(), "11", "seed");
    equal(await second.page.getByTestId("chips").locator(".path").textContent(), "parties.SoftBank.honours", "override");
    // A reload of a page without a link is no loss either: the tab remembers.
    await second.page.evaluate(() => history.replaceState(null, "", "/"));
    await second.page.reload();
    await state(second.page, "done");
    equal(await read(second.page), want, "odds after a reload");
    second.clean();
    await second.close();
  });

  await test("page: by keyboard alone", async () => {
    const visited = await visit();
    const { page } = visited;
    await state(page, "done");
    await page.keyboard.press("?");
    await page.getByTestId("help-dialog").waitFor();
    await axe(page, "dialog");
    await page.keyboard.press("Escape");
    yes(!(await page.getByTestId("help-dialog").isVisible()), "Escape leaves the list of keys open");
    await page.keyboard.press("/");
    equal(await page.evaluate(() => document.activeElement.id), "search", "/ goes to");
    await page.keyboard.type("honours");
    await page.getByText("inputs found").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Home");
    equal(await page.evaluate(() => document.activeElement.textContent), "Sliders", "Home in the tabs goes to");
    // Into the YAML and out again by Tab alone.
    await page.keyboard.press("3");
    yes(await page.evaluate(() => document.activeElement.classList.contains("editor")), "3 does not go into the YAML");
    await page.keyboard.press("Tab");
    yes(await page.evaluate(() => !document.activeElement.classList.contains("editor")), "Tab stays in the YAML");
    await page.keyboard.press("Escape");
    // From the top to the views: no stop without a mark that can be seen, none twice.
    await page.getByTestId("tab-sliders").click();
    await page.locator(".skip").focus();
    const stops = await tabStops(page, 60);
    yes(stops.length >= 40, `only ${stops.length} stops`);
    const bare = stops.filter((s) => !s.marked).map((s) => s.what);
    equal(bare.length, 0, `no mark on ${bare.join(", ")}`);
    equal(new Set(stops.map((s) => s.n)).size, stops.length, "stops that differ");
    for (const wanted of ["run", "compare", "copy-link", "promise"]) yes(stops.some((s) => s.what === wanted), `Tab does not reach ${wanted}`);
    yes(stops.some((s) => s.what.startsWith("slider-")), "Tab does not reach a slider");
    visited.clean();
    await visited.close();
  });

  await test("page: no file, a token, a server that goes away and comes back", async () => {
    const token = "0123456789abcdef";
    const words = ["--port", "0", "--token", token];
    let own = await serve(program, words);
    const place = own.address.split("?")[0];
    const visited = await open(browser, { places: [place] });
    const { page } = visited;
    try {
      equal((await fetch(`${place}api/programme`)).status, 401, "without the token");
      await page.goto(own.address);
      await state(page, "empty");
      yes(await page.getByTestId("waiting").isVisible(), "nothing says what to do");
      await axe(page);
      await page.getByTestId("tab-yaml").click();
      await page.getByTestId("without").uncheck();
      await page.getByTestId("scenarios").fill("150");
      await page.getByTestId("scenarios").press("Enter");
      await page.locator("input[type=file]").setInputFiles(programme);
      await state(page, "done");
      await own.stop();
      await page.getByTestId("run").click();
      await state(page, "failed");
      yes((await page.getByTestId("run").textContent()) === "Retry", "there is no way to retry");
      visited.allow(/ERR_CONNECTION_REFUSED|Failed to load resource/);
      own = await serve(program, ["--port", new URL(place).port, "--token", token]);
      await page.getByTestId("run").click();
      await state(page, "done");
      visited.clean();
    } finally {
      await own.stop();
      await visited.close();
    }
  });

  await test("page: from a phone to 4K nothing is wider than the screen; less motion where less is wanted", async () => {
    const visited = await visit({ motion: "reduce" });
    const { page } = visited;
    await state(page, "done");
    for (const width of [320, 390, 600, 959, 960, 1024, 1440, 1920, 3840]) {
      await page.setViewportSize({ width, height: Math.round(Math.max(600, width * 0.6)) });
      for (const id of views) await page.getByTestId(`view-${id}`).scrollIntoViewIfNeeded();
      await noSideScroll(page, `at ${width} px`);
    }
    const moving = await page.evaluate(() => document.getAnimations().length + Number(getComputedStyle(document.documentElement).scrollBehavior === "smooth"));
    equal(moving, 0, "things that move");
    visited.clean();
    await visited.close();
  });

  await test("page: a first answer before the whole one, on its way to the default ensemble", async () => {
    const visited = await visit({}, null);
    const { page } = visited;
    await page.getByTestId("answer-odds").waitFor();
    const hint = page.locator(".state .hint", { hasText: "first answer in" });
    await hint.waitFor();
    await state(page, "running");
    console.log(`# default run: ${await hint.textContent()}`);
    await page.keyboard.press("Escape");
    // A change of an input while the machine does nothing else.
    await page.getByTestId("without").uncheck();
    await state(page, "running");
    await hint.waitFor();
    console.log(`# after a change: ${await hint.textContent()}`);
    await page.keyboard.press("Escape");
    visited.clean();
    await visited.close();
  });
}

// Presses Tab and tells where the focus goes, until it leaves the page.
async function tabStops(page, most) {
  const stops = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === document.body || at === null) return null;
      window.seen ??= new Map();
      if (!window.seen.has(at)) window.seen.set(at, window.seen.size);
      const inner = at.shadowRoot?.activeElement ?? at;
      const style = getComputedStyle(inner), outer = getComputedStyle(inner.closest(".cm-editor") ?? inner);
      return { n: window.seen.get(at), what: at.dataset.testid || at.id || `${at.tagName} ${at.textContent.slice(0, 30)}`, marked: style.outlineStyle !== "none" || outer.outlineStyle !== "none" };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  return stops;
}
