// Machine: what the buildings do once they stand.
import type { RunDocument, Series } from "../data/document.ts";
import { campusNames, greatest, monthReaching } from "../data/derive.ts";
import { digits, listed, monthIndex, monthName, monthShort, odds, percent, quantity, scaled, unitScale } from "../data/format.ts";
import { el, svg } from "../charts/dom.ts";
import { fan, fanLegend, seriesTable, type FanOptions } from "../charts/fan.ts";
import type { Chart, Content } from "../charts/figure.ts";
import { linear, yearTicks } from "../charts/scale.ts";
import { stackedAreas, type Layer } from "../charts/stack.ts";

const SOURCES = [
  { key: "programme.grid_mwh", label: "grid", tone: "tone-1" },
  { key: "programme.onsite_mwh", label: "own plant", tone: "tone-2" },
  { key: "programme.curtailed_mwh", label: "curtailed", tone: "tone-6" },
] as const;

const energy: Chart = {
  id: "energy",
  title: "Energy by source",
  wide: true,
  content({ doc }) {
    const layers = SOURCES.flatMap(({ key, label, tone }): (Layer & { total: number; key: string })[] => {
      const values = (doc.series[key]?.mean ?? []).map((v) => v ?? 0);
      return [{ key, label, tone, values, total: values.reduce((a, b) => a + b, 0) }];
    });
    const months = doc.series["programme.grid_mwh"]?.month ?? [];
    const all = layers.reduce((sum, l) => sum + l.total, 0);
    if (!all) return { sentence: "No building takes energy within what is simulated.", empty: true };
    const used = layers.filter((l) => l.total > 0);
    return {
      sentence: `Mean of all scenarios, a month. Over the whole run ${quantity(all, "MWh")}: ${listed(used.filter((l) => l.total >= all * 0.005).map((l) => `${percent(l.total / all)} ${l.label}`))}.`,
      legend: used.map((l) => ({ label: l.label, mark: l.tone })),
      table: () => ({ columns: ["month", ...SOURCES.map((s) => `${s.label}, mean, MWh`)], rows: months.map((m, i) => [m, ...SOURCES.map((s) => doc.series[s.key]?.mean[i] ?? null)]), coarse: (row) => String(row[0]).endsWith("-12") }),
      draw: (host, width) => stackedAreas(host, width, months, used, "MWh", "Energy a month by source"),
    };
  },
};

// The last month in which the median means something, for the sentence.
function lastMedian(series: Series): { month: string; at: number } | null {
  for (let at = series.p50.length - 1; at >= 0; at--) if ((series.p50[at] ?? 0) > 0) return { month: series.month[at] ?? "", at };
  return null;
}

function fanContent(series: Series, key: string, options: Omit<FanOptions, "series">, sentence: string): Content {
  return {
    sentence,
    legend: fanLegend(options),
    table: () => seriesTable(series, key),
    draw: (host, width) => fan(host, width, { ...options, series }),
  };
}

function pue(): Chart {
  let campus = "";
  return {
    id: "pue",
    title: "PUE",
    content({ doc, compare }, redraw) {
      const names = campusNames(doc).filter((n) => greatest(doc.series[`campus.${n}.pue_frac`]?.p95 ?? []) > 0);
      if (!names.includes(campus)) campus = names[0] ?? "";
      const key = `campus.${campus}.pue_frac`;
      const series = doc.series[key];
      const last = series ? lastMedian(series) : null;
      if (!series || !last) return { sentence: "In most scenarios no campus operates, so that there is no PUE.", empty: true };
      return {
        ...fanContent(series, key, { label: `PUE of ${campus}`, low: 1, compare: compare?.series[key] }, `Of ${digits(series.p50[last.at] ?? 0)} MW that ${campus} takes in ${monthName(last.month)}, one MW reaches its machines (10–90 %: ${digits(series.p10[last.at] ?? 0)} to ${digits(series.p90[last.at] ?? 0)}); by plan ${digits(series.plan[last.at] ?? 0)}.`),
        selects: names.length > 1 ? [{ label: "Campus", value: campus, options: names.map((n) => ({ value: n, label: n })), change: (v) => ((campus = v), redraw()) }] : [],
      };
    },
  };
}

function simple(id: string, title: string, key: string, unit: string, none: string, tell: (value: string, range: string, month: string, plan: string) => string): Chart {
  return {
    id,
    title,
    content({ doc, compare }) {
      const series = doc.series[key];
      if (!series || !greatest(series.p95, series.plan)) return { sentence: none, empty: true };
      const last = lastMedian(series) ?? { at: series.month.length - 1, month: series.month[series.month.length - 1] ?? "" };
      const show = (v: number | null | undefined): string => (v === null || v === undefined ? "–" : scaled(v, unitScale(unit, v)));
      const sentence = tell(show(series.p50[last.at]), `10–90 %: ${show(series.p10[last.at])} to ${show(series.p90[last.at])}`, monthName(last.month), show(series.plan[last.at]));
      return fanContent(series, key, { label: title, unit, compare: compare?.series[key] }, sentence);
    },
  };
}

// ---- Training runs ------------------------------------------------------------------------------------------------------

interface Release {
  name: string;
  series: Series;
  plan: string | null;
  p10: string | null;
  p50: string | null;
  p90: string | null;
  odds: number;
}

/** The mean of "released" (0 or 1) is the share of scenarios that have released by a month. */
export function releases(doc: RunDocument): Release[] {
  return Object.entries(doc.series).flatMap(([key, series]) => {
    const name = /^run\.(.+)\.released$/.exec(key)?.[1];
    if (!name) return [];
    const planned = series.plan.findIndex((v) => v !== null && v >= 0.5);
    return [
      {
        name,
        series,
        plan: planned < 0 ? null : (series.month[planned] ?? null),
        p10: monthReaching(series, 0.1),
        p50: monthReaching(series, 0.5),
        p90: monthReaching(series, 0.9),
        odds: series.mean[series.mean.length - 1] ?? 0,
      },
    ];
  });
}

const runs: Chart = {
  id: "runs",
  title: "Training runs and releases",
  content({ doc }) {
    const list = releases(doc).sort((a, b) => (a.p50 ?? "9999").localeCompare(b.p50 ?? "9999") || b.odds - a.odds);
    if (!list.length) return { sentence: "This programme plans no training runs.", empty: true };
    return {
      sentence: `${list.map((r) => (r.p50 ? `${r.name} is released by ${monthName(r.p50)} in half of the scenarios` : `${r.name} in ${odds(r.odds)} of all by the end`)).join("; ")}.`,
      legend: [
        { label: "released: 10–90 % of scenarios", mark: "mark-range" },
        { label: "half of them", mark: "mark-dot" },
        { label: "by plan", mark: "mark-open" },
      ],
      table: () => ({ columns: ["run", "by plan", "10 % by", "50 % by", "90 % by", "released by the end"], rows: list.map((r) => [r.name, r.plan, r.p10, r.p50, r.p90, r.odds]) }),
      draw: (host, width) => host.append(releaseLanes(list, width)),
    };
  },
};

function releaseLanes(list: readonly Release[], width: number): HTMLElement {
  const months = list[0]!.series.month;
  const from = monthIndex(months[0]!);
  const to = monthIndex(months[months.length - 1]!);
  const row = 56;
  const height = list.length * row + 24;
  const x = linear(from, to, 8, width - 26);
  const at = (m: string): number => x(monthIndex(m));
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Release dates of ${list.map((r) => r.name).join(", ")}` });
  for (const tick of yearTicks(from, to, width - 34)) {
    root.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 20 }));
    root.append(svg("text", { class: "tick middle", x: Math.max(14, x(tick)), y: height - 6 }, [String(tick / 12)]));
  }
  list.forEach((r, i) => {
    const mid = i * row + 36;
    const when = r.p50 ? `half by ${monthShort(r.p50)}` : "most not within what is simulated";
    root.append(svg("text", { class: "strong", x: 8, y: i * row + 18 }, [`${r.name}: ${when}, ${odds(r.odds)} in the end`]));
    if (r.p10) root.append(svg("rect", { class: "range", x: at(r.p10), y: mid - 5, width: Math.max(2, (r.p90 ? at(r.p90) : x(to) + 8) - at(r.p10)), height: 10, rx: r.p90 ? 5 : 0 }));
    if (!r.p90) root.append(svg("path", { class: "beyond", d: `M${x(to) + 10} ${mid - 7}l9 7l-9 7z` }));
    if (r.plan) root.append(svg("path", { class: "open-mark", d: `M${at(r.plan)} ${mid - 6}l6 6l-6 6l-6-6z` }));
    if (r.p50) root.append(svg("circle", { class: "dot", cx: at(r.p50), cy: mid, r: 6 }));
  });
  return el("div", {}, [root]);
}

const tokens: Chart = {
  id: "tokens",
  title: "Tokens served",
  content({ doc, compare }) {
    const key = "programme.tokens_served";
    const served = doc.series[key];
    const wanted = doc.series["programme.tokens_demanded"];
    if (!served || !greatest(served.p95, served.plan)) return { sentence: "This programme serves no tokens.", empty: true };
    const last = served.month.length - 1;
    const share = wanted?.p50[last] ? (served.p50[last] ?? 0) / wanted.p50[last]! : null;
    return fanContent(
      served,
      key,
      { label: "Tokens served a month", compare: compare?.series[key], ...(wanted ? { lines: [{ label: "demanded, median", mark: "other" as const, values: wanted.p50 }] } : {}) },
      `In ${monthName(served.month[last] ?? "")} ${quantity(served.p50[last] ?? 0, "token")} a month in the median scenario${share === null ? "" : `, ${percent(share)} of what is demanded`}.`,
    );
  },
};

// Scenarios in which nothing trains count as 0, so that the fan shows both how well and how likely.
const goodput: Chart = {
  id: "goodput",
  title: "Goodput of training",
  content({ doc, compare }) {
    const key = "programme.goodput_frac";
    const series = doc.series[key];
    const most = series ? greatest(series.mean) : 0;
    if (!series || !most) return { sentence: "No training runs within what is simulated.", empty: true };
    const at = series.mean.indexOf(most);
    return fanContent(
      series,
      key,
      { label: "Goodput of training", unit: "percent", compare: compare?.series[key] },
      `Share of the time of training machines that goes into steps that last; 0 where nothing trains. Averaged over scenarios it is highest in ${monthName(series.month[at] ?? "")}, ${percent(most)}; by plan ${percent(greatest(series.plan))} at most.`,
    );
  },
};

export const machineCharts: readonly Chart[] = [
  energy,
  pue(),
  goodput,
  runs,
  tokens,
  simple("cost-gpu", "Cost of a GPU-hour", "programme.cost_usd_per_gpu_h", "USD/GPU-h", "No machine runs within what is simulated.", (v, range, month, plan) => `In ${month} ${v} (${range}); by plan ${plan}.`),
  simple("cost-mtok", "Cost of a million tokens", "programme.cost_usd_per_mtok", "USD/Mtok", "This programme serves no tokens.", (v, range, month, plan) => `In ${month} ${v} (${range}); by plan ${plan}.`),
];
