// What each chart's table must say, computed from the run's JSON alone. Tables that are not named here fail the test.
import { yes } from "./lib.mjs";

const quantiles = ["plan", "mean", "p5", "p10", "p50", "p90", "p95"];
const series = (doc, key) => doc.series[key].month.map((month, i) => [month, ...quantiles.map((q) => doc.series[key][q][i])]);
const causes = ["grid", "money", "chips", "consent", "work", "shell", "permit", "cooling", "crews", "generation", "demand"];
const states = ["promised", "contracted", "permitted", "financed", "construction", "energised", "operating", "relet", "dropped"];
const total = (row) => row.reduce((a, b) => a + b, 0);
const yesno = (flag) => (flag === null || flag === undefined ? null : flag ? "yes" : "no");

// Shares of all late megawatt-months by cause.
function shares(rows) {
  const all = total(Object.values(rows).map(total));
  return Object.fromEntries(Object.entries(rows).map(([word, row]) => [word, total(row) / all]));
}

function without(doc, promise) {
  const removed = Object.values(doc.delay)[0]?.without ?? {};
  return Object.fromEntries(Object.entries(removed).map(([cause, odds]) => [cause, odds[promise]]));
}

function answer(doc, columns) {
  const promise = doc.promises.find((p) => p.id === columns[1]);
  const campus = promise.metric.startsWith("campus.") ? promise.metric.split(".")[1] : null;
  const where = campus ?? "all campuses";
  const late = campus ? doc.delay[campus].share : shares(doc.delay_by_year.mw_months);
  return [
    ["probability", promise.probability],
    [`threshold, ${promise.unit || "number"}`, promise.threshold],
    ...Object.entries(late).filter(([cause]) => cause !== "none").map(([cause, share]) => [`share of delay at ${where}: ${cause}`, share]),
    ...Object.entries(without(doc, promise.id)).map(([cause, odds]) => [`probability without delay by ${cause}`, odds]),
  ];
}

function released(doc) {
  return Object.entries(doc.series).filter(([key]) => /^run\..*\.released$/.test(key)).map(([key, s]) => {
    const first = (row, level) => s.month[row.findIndex((v) => v >= level)] ?? null;
    return [key.slice(4, -9), first(s.plan, 0.5), first(s.mean, 0.1), first(s.mean, 0.5), first(s.mean, 0.9), s.mean.at(-1)];
  });
}

// Rows by table, and how many of their first cells name a row.
const tables = {
  answer: { keys: 1, rows: answer },
  promises: {
    keys: 1,
    rows: (doc) => doc.promises.map((p) => [p.id, p.who, p.says, p.series, p.kind.replace("_", " "), p.threshold, p.unit, p.by, p.probability, p.planned_date, p.p10_date, p.p50_date, p.p90_date, p.source]),
  },
  "capacity-mw": { keys: 1, rows: (doc) => series(doc, "programme.capacity_mw") },
  "it-mw": { keys: 1, rows: (doc) => series(doc, "programme.it_mw") },
  gpus: { keys: 1, rows: (doc) => series(doc, "programme.gpus") },
  "capacity-campus": {
    keys: 2,
    rows: (doc) => Object.keys(doc.campuses).flatMap((name) => series(doc, `campus.${name}.capacity_mw`).map(([month, plan, , ...rest]) => [name, month, plan, ...rest])),
  },
  schedule: {
    keys: 2,
    rows: (doc, columns) => {
      const year = columns.at(-1).slice(-4);
      return doc.schedule.map((b) => [
        b.campus, String(b.building), b.type, b.it_mw, b.planned.begin, b.planned.power, b.planned.done,
        ...[b.begin, b.power, b.done].flatMap((d) => [d.p10, d.p50, d.p90]), ...states.map((s) => b.state_by_year[year][s] ?? 0),
      ]);
    },
  },
  "delay-cause": {
    keys: 1,
    rows: (doc) => Object.entries(shares(doc.delay_by_year.mw_months)).filter(([cause, share]) => cause !== "none" && share >= 0.001).map(([cause, share]) => [cause, total(doc.delay_by_year.mw_months[cause]), share, undefined]),
  },
  "delay-year": {
    keys: 1,
    rows: (doc, columns) => doc.delay_by_year.year.map((year, i) => [String(year), ...columns.slice(1).map((c) => doc.delay_by_year.mw_months[c.split(",")[0].replace("electrical work", "work")][i])]),
  },
  "delay-campus": { keys: 1, rows: (doc) => Object.entries(doc.delay).map(([name, d]) => [name, ...causes.map((c) => d.share[c])]) },
  without: { keys: 1, rows: (doc) => doc.promises.map((p) => [p.id, p.probability, ...causes.map((c) => without(doc, p.id)[c] ?? null)]) },
  flows: { keys: 3, rows: (doc) => doc.flows.map((f) => [f.from, f.to, f.kind, f.mean_usd, f.p10_usd, f.p90_usd]) },
  spending: { keys: 1, rows: (doc, columns) => series(doc, columns[1].split(" ")[0]) },
  gap: { keys: 1, rows: (doc) => series(doc, "programme.funding_gap_usd") },
  dscr: { keys: 1, rows: (doc) => series(doc, "programme.dscr_frac") },
  energy: {
    keys: 1,
    rows: (doc) => doc.series["programme.grid_mwh"].month.map((month, i) => [month, ...["grid", "onsite", "curtailed"].map((s) => doc.series[`programme.${s}_mwh`].mean[i])]),
  },
  pue: { keys: 1, rows: (doc, columns) => series(doc, columns[1].split(" ")[0]) },
  goodput: { keys: 1, rows: (doc) => series(doc, "programme.goodput_frac") },
  runs: { keys: 1, rows: released },
  tokens: { keys: 1, rows: (doc) => series(doc, "programme.tokens_served") },
  "cost-gpu": { keys: 1, rows: (doc) => series(doc, "programme.cost_usd_per_gpu_h") },
  "cost-mtok": { keys: 1, rows: (doc) => series(doc, "programme.cost_usd_per_mtok") },
  winners: {
    keys: 1,
    rows: (doc) => Object.entries(doc.parties).map(([name, p]) => [name, yesno(p.inside), p.rate, ...["mean", "p5", "p10", "p50", "p90", "p95"].map((q) => p.npv_usd[q])]),
  },
  cash: { keys: 1, rows: (doc) => Object.entries(doc.parties).map(([name, p]) => [name, ...[p.cash_in_usd, p.cash_out_usd].flatMap((v) => [v.mean, v.p10, v.p50, v.p90])]) },
  inputs: {
    keys: 1,
    rows: (doc) => doc.inputs.map((i) => [i.path, i.text, i.unit, i.plan, i.p5, i.p50, i.p95, i.distribution, yesno(i.given), i.source, i.as_of, ...doc.promises.map((p) => i.influence[p.id] ?? null)]),
  },
  validation: { keys: 2, rows: (doc) => doc.validation.map((s) => [s.domain, s.what, s.figure, s.unit, s.bar, yesno(s.met), s.command]) },
  repeat: {
    keys: 1,
    rows: (doc) => [
      ["command", undefined], ["version", doc.version], ["seed", String(doc.seed)], ["scenarios", doc.scenarios], ["as of", doc.as_of],
      ["facts held", doc.facts.held], ["scenarios redrawn", doc.facts.redrawn], ["facts unmatched", doc.facts.unmatched],
    ],
  },
};

// Cells of every table of the page: numbers with the text that is seen and the value behind it.
async function readTables(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details.numbers")) details.open = true;
  });
  await page.waitForFunction(() => [...document.querySelectorAll("details.numbers")].every((d) => d.closest(".tools").hidden || d.querySelector("table")));
  return page.evaluate(() =>
    [...document.querySelectorAll("table[data-testid^=table-]")].map((table) => ({
      id: table.dataset.testid.slice("table-".length),
      columns: [...table.tHead.rows[0].cells].map((c) => c.textContent),
      rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map((c) => (c.dataset.value === undefined ? c.textContent : { seen: c.textContent, value: Number(c.dataset.value) }))),
    })),
  );
}

const keyOf = (row, n) => row.slice(0, n).map((c) => (typeof c === "object" ? String(c.value) : c)).join(" | ");

// A number as it is seen carries six digits of its value.
function sameNumber(cell, want) {
  if (typeof cell !== "object") return false;
  const seen = Number(cell.seen.replaceAll(",", "").replaceAll("−", "-"));
  const near = (a, b, relative) => Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b));
  return near(cell.value, want, 1e-12) && near(seen, want, 5.1e-6);
}

function sameCell(cell, want) {
  if (want === undefined) return true; // words of the page's own
  if (typeof want === "number") return sameNumber(cell, want);
  return cell === (want ?? "–");
}

// Every cell of every table against the document. Returns how many cells were held.
export async function holdTables(page, doc) {
  let cells = 0;
  const found = await readTables(page);
  for (const { id, columns, rows } of found) {
    const table = tables[id];
    yes(table, `nothing says what the table ${id} must hold`);
    const want = new Map(table.rows(doc, columns).map((row) => [keyOf(row, table.keys), row]));
    yes(rows.length === want.size, `${id} has ${rows.length} rows, the document ${want.size}`);
    for (const row of rows) {
      const right = want.get(keyOf(row, table.keys));
      yes(right, `${id}: no row ${keyOf(row, table.keys)} in the document`);
      yes(right.length === row.length, `${id} has ${row.length} columns, not ${right.length}`);
      row.forEach((cell, c) => {
        const isKey = c < table.keys;
        yes(isKey || sameCell(cell, right[c]), `${id}, ${keyOf(row, table.keys)}, ${columns[c]}: ${JSON.stringify(cell)}, but the run has ${JSON.stringify(right[c])}`);
        cells++;
      });
    }
  }
  return { cells, tables: found.map((t) => t.id) };
}

export const knownTables = Object.keys(tables);
