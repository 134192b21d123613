// Money: payments between parties, spending against the announcement, the gap, and cover of debt service.
import type { Covenant, RunDocument } from "../data/document.ts";
import { endOfYear, greatest } from "../data/derive.ts";
import { digits, monthName, odds, percent, quantity } from "../data/format.ts";
import { atMonth, fan, fanLegend, seriesTable } from "../charts/fan.ts";
import type { Chart } from "../charts/figure.ts";
import { flowsChart, GROUPS, groupOf, shownFlows } from "../charts/flows.ts";
import { marksOf } from "./capacity.ts";

const flows: Chart = {
  id: "flows",
  title: "Who pays whom",
  wide: true,
  content({ doc }) {
    if (!doc.flows) return { sentence: "This run was written without flows between parties.", empty: true };
    const shown = shownFlows(doc.flows, 0.004);
    const first = shown[0];
    if (!first) return { sentence: "No party pays another in this programme.", empty: true };
    const all = doc.flows.filter((f) => f.from !== f.to).reduce((sum, f) => sum + f.mean_usd, 0);
    const part = shown.reduce((sum, f) => sum + f.mean_usd, 0);
    const tones = new Set(shown.map((f) => groupOf(f.kind).tone));
    return {
      sentence: `Over the whole run ${quantity(all, "USD")} change hands on average; the greatest flow is ${first.kind}, ${quantity(first.mean_usd, "USD")} from ${first.from} to ${first.to}. Drawn: ${percent(part / all)} of it; the rest is in the table.`,
      legend: GROUPS.filter((g) => tones.has(g.tone)).map((g) => ({ label: g.label, mark: g.tone })),
      table: () => ({
        columns: ["from", "to", "kind", "mean, USD", "p10, USD", "p90, USD"],
        rows: (doc.flows ?? []).map((f) => [f.from, f.to, f.kind, f.mean_usd, f.p10_usd, f.p90_usd]),
      }),
      draw: (host, width) => flowsChart(host, width, shown),
    };
  },
};

// ---- Spending -----------------------------------------------------------------------------------------------------------

function spending(): Chart {
  let chosen = "";
  return {
    id: "spending",
    title: "Spending against the announcement",
    wide: true,
    content({ doc, compare }, redraw) {
      const keys = Object.keys(doc.series).filter((k) => k.endsWith(".spent_usd") || k === "programme.capex_usd");
      const usual = doc.promises.find((p) => p.series.endsWith(".spent_usd"))?.series ?? "programme.spent_usd";
      if (!keys.includes(chosen)) chosen = keys.includes(usual) ? usual : (keys[0] ?? "");
      const series = doc.series[chosen];
      if (!series) return { sentence: "The run has no spending.", empty: true };
      const marks = marksOf(doc, chosen);
      const options = { series, label: "Cumulative spending as a fan", marks, compare: compare?.series[chosen] };
      return {
        title: marks.length ? undefined : "Spending",
        sentence: spendingSentence(doc, chosen),
        selects: [{ label: "Of", value: chosen, options: keys.map((k) => ({ value: k, label: spentName(k) })), change: (v) => ((chosen = v), redraw()) }],
        legend: fanLegend(options),
        table: () => seriesTable(series, chosen),
        draw: (host, width) => fan(host, width, options),
      };
    },
  };
}

function spentName(key: string): string {
  const parts = key.split(".");
  const what = key.endsWith("capex_usd") ? "capital spent" : "all cash spent";
  return parts[0] === "programme" ? `${what}, whole programme` : `${what}, ${parts[1]?.replaceAll("-", " ")}`;
}

function spendingSentence(doc: RunDocument, key: string): string {
  const series = doc.series[key]!;
  const promise = doc.promises.filter((p) => p.series === key && p.kind === "at_least").sort((a, b) => b.threshold - a.threshold)[0];
  if (promise) {
    const exact = series.month.indexOf(promise.by);
    const at = exact >= 0 ? exact : series.month.length - 1;
    return `Announced were ${quantity(promise.threshold, "USD")} by ${monthName(promise.by)}, with odds of ${odds(promise.probability)}; the plan of this file has ${quantity(series.plan[at] ?? 0, "USD")} by then, the scenarios ${atMonth(series, at)}.`;
  }
  const last = series.month.length - 1;
  return `By the end of ${series.month[last]?.slice(0, 4)} it is ${atMonth(series, last)}; by plan ${quantity(series.plan[last] ?? 0, "USD")}.`;
}

// ---- Gap and cover ------------------------------------------------------------------------------------------------------

const gap: Chart = {
  id: "gap",
  title: "Funding gap",
  content({ doc, compare }) {
    const key = "programme.funding_gap_usd";
    const series = doc.series[key];
    if (!series) return { sentence: "The run has no funding gap.", empty: true };
    const peak = doc.metrics["programme.peak_funding_gap_usd"];
    const most = greatest(series.p50);
    const at = series.p50.findIndex((v) => v === most);
    const options = { series, label: "Funding gap as a fan", plan: false as const, compare: compare?.series[key] };
    return {
      sentence:
        (most > 0 ? `Budgets due by plan for which no money is there: in the median scenario most in ${monthName(series.month[at] ?? "")}, ${quantity(most, "USD")}.` : "In the median scenario every budget has its money when it is due.") +
        (peak?.p50 ? ` The greatest gap of a scenario is ${quantity(peak.p50, "USD")} (10–90 %: ${quantity(peak.p10 ?? 0, "USD")} to ${quantity(peak.p90 ?? 0, "USD")}).` : ""),
      legend: fanLegend(options),
      table: () => seriesTable(series, key),
      draw: (host, width) => fan(host, width, options),
    };
  },
};

/** Lines across: every level at which a loan stops payments to owners or fails, named once. */
export function covenantLevels(covenants: readonly Covenant[]): { value: number; label: string }[] {
  const named = new Map<number, string[]>();
  for (const c of covenants)
    for (const [value, what] of [[c.dscr_lock_up, "lock-up"], [c.dscr_default, "default"]] as const)
      if (value !== null && value !== undefined && value > 0) named.set(value, [...(named.get(value) ?? []), `${c.loan} ${what}`]);
  return [...named].sort((a, b) => b[0] - a[0]).map(([value, names]) => ({ value, label: `${[...new Set(names)].join(", ")} ${digits(value)}` }));
}

const CUT = 5;

const dscr: Chart = {
  id: "dscr",
  title: "Cover of debt service (DSCR)",
  content({ doc, compare }) {
    const key = "programme.dscr_frac";
    const series = doc.series[key];
    if (!series || !greatest(series.p95)) return { sentence: "Nobody owes debt service in this programme.", empty: true };
    const levels = covenantLevels(doc.covenants ?? []);
    const lowest = levels[levels.length - 1];
    const at = endOfYear(series, String(Number(series.month[0]?.slice(0, 4)) + 3));
    const below = lowest ? series.p10.filter((v, i) => v !== null && v > 0 && v < lowest.value && (series.p50[i] ?? 0) > 0).length : 0;
    const options = { series, label: "Debt service cover ratio as a fan", most: CUT, levels, compare: compare?.series[key] };
    return {
      sentence:
        `At the end of ${series.month[at]?.slice(0, 4)} cash covers debt service ${digits(series.p50[at] ?? 0)} times in the median scenario (10–90 %: ${digits(series.p10[at] ?? 0)} to ${digits(series.p90[at] ?? 0)}). ` +
        (lowest ? (below ? `In ${below} months at least one scenario in ten is below the lowest covenant, ${digits(lowest.value)}.` : `Nine scenarios in ten stay above the lowest covenant, ${digits(lowest.value)}.`) : "No loan states a covenant.") +
        ` Drawn up to ${CUT}; 10 stands for nothing to pay, 0 for nothing earned.`,
      legend: fanLegend(options),
      table: () => seriesTable(series, key),
      draw: (host, width) => fan(host, width, options),
    };
  },
};

export const moneyCharts: readonly Chart[] = [flows, spending(), gap, dscr];
