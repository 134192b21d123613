// Capacity: fans of megawatts, IT load and GPUs, in total and by campus, against plan, promises and facts.
import type { RunDocument, Series } from "../data/document.ts";
import { campusNames, endOfYear } from "../data/derive.ts";
import { monthName, quantity } from "../data/format.ts";
import { el } from "../charts/dom.ts";
import { atMonth, fan, fanHigh, fanLegend, seriesTable, type FanMark } from "../charts/fan.ts";
import { balanced } from "../charts/scale.ts";
import type { Chart, Context } from "../charts/figure.ts";
import type { Table } from "../charts/table.ts";

/** What was promised of a series, and what is known of it. */
export function marksOf(doc: RunDocument, series: string): FanMark[] {
  const promised = doc.promises
    .filter((p) => p.series === series && p.kind === "at_least")
    .map((p): FanMark => ({ month: p.by, value: p.threshold, label: `${p.id}: ${p.says ?? ""} (${quantity(p.threshold, p.unit)} by ${monthName(p.by)})`, kind: "promise" }));
  const known = (doc.facts_known ?? [])
    .filter((f) => f.series === series)
    .map((f): FanMark => ({ month: f.date.slice(0, 7), value: f.value, label: `known: ${f.id}, ${f.source ?? ""}`, kind: "fact" }));
  return [...promised, ...known];
}

/** "2 GW by plan at the end of 2026, 0.25 GW in the median scenario". */
function againstPlan(series: Series, name: string): string {
  const at = endOfYear(series, String(Number(series.month[0]?.slice(0, 4)) + 1));
  const last = series.month.length - 1;
  const plan = series.plan[at] ?? 0;
  return (
    `At the end of ${series.month[at]?.slice(0, 4)} the plan has ${quantity(plan, series.unit)}${name ? ` of ${name}` : ""}; the median scenario ${atMonth(series, at)}. ` +
    `At the end of ${series.month[last]?.slice(0, 4)} it is ${quantity(series.plan[last] ?? 0, series.unit)} against ${atMonth(series, last)}.`
  );
}

function fanChart(id: string, title: string, key: string, name: string, wide = false): Chart {
  return {
    id,
    title,
    wide,
    content({ doc, compare }) {
      const series = doc.series[key];
      if (!series) return { sentence: `The run has no series ${key}.`, empty: true };
      const marks = marksOf(doc, key);
      const options = { series, label: `${title}, as a fan over time`, marks, compare: compare?.series[key] };
      return {
        sentence: againstPlan(series, name),
        legend: fanLegend(options),
        table: () => seriesTable(series, key),
        draw: (host, width) => fan(host, width, options),
      };
    },
  };
}

const QUANTITIES = [
  { value: "capacity_mw", label: "Capacity", name: "capacity" },
  { value: "it_mw", label: "IT load that is installed", name: "IT" },
  { value: "gpus", label: "GPUs", name: "GPUs" },
  { value: "buildings", label: "Buildings", name: "buildings" },
] as const;

function byCampus(): Chart {
  let chosen: string = QUANTITIES[0].value;
  return {
    id: "capacity-campus",
    title: "By campus",
    wide: true,
    content(context, redraw) {
      const { doc } = context;
      const names = campusNames(doc).filter((name) => doc.series[`campus.${name}.${chosen}`]);
      if (!names.length) return { sentence: "This programme has no campus.", empty: true };
      return {
        sentence: campusSentence(doc, names, chosen),
        selects: [
          {
            label: "Show",
            value: chosen,
            options: QUANTITIES.map(({ value, label }) => ({ value, label })),
            change: (value) => {
              chosen = value;
              redraw();
            },
          },
        ],
        legend: fanLegend({ compare: context.compare?.series[`campus.${names[0]}.${chosen}`], marks: names.flatMap((n) => marksOf(doc, `campus.${n}.${chosen}`)) }),
        table: () => campusTable(doc, names, chosen),
        draw: (host, width) => drawCampuses(context, host, width, names, chosen),
      };
    },
  };
}

function campusSentence(doc: RunDocument, names: readonly string[], key: string): string {
  const told = names.map((name) => {
    const series = doc.series[`campus.${name}.${key}`]!;
    const last = series.p50.length - 1;
    return { name, now: series.p50[last] ?? 0, plan: series.plan[last] ?? 0, unit: series.unit };
  });
  const full = told.filter((t) => t.now >= t.plan * 0.95 && t.plan > 0).length;
  const least = [...told].sort((a, b) => a.now / (a.plan || 1) - b.now / (b.plan || 1))[0]!;
  return names.length === 1
    ? `${names[0]} has ${quantity(least.now, least.unit)} in the median scenario at the end, ${quantity(least.plan, least.unit)} by plan.`
    : `In the median scenario ${full} of ${names.length} campuses are complete at the end; ${least.name} is furthest behind, with ${quantity(least.now, least.unit)} of the ${quantity(least.plan, least.unit)} planned.`;
}

function campusTable(doc: RunDocument, names: readonly string[], key: string): Table {
  const unit = doc.series[`campus.${names[0]}.${key}`]?.unit ?? "";
  return {
    columns: ["campus", "month", ...["plan", "p5", "p10", "p50", "p90", "p95"].map((q) => (unit ? `${q}, ${unit}` : q))],
    rows: names.flatMap((name) => {
      const s = doc.series[`campus.${name}.${key}`]!;
      return s.month.map((month, i) => [name, month, ...[s.plan, s.p5, s.p10, s.p50, s.p90, s.p95].map((row) => row[i] ?? null)]);
    }),
    coarse: (row) => String(row[1]).endsWith("-12"),
  };
}

// One size and one axis for all, so that they can be compared.
function drawCampuses({ doc, compare }: Context, host: HTMLElement, width: number, names: readonly string[], key: string): void {
  const columns = balanced(names.length, Math.floor(width / 270));
  const each = Math.floor((width - (columns - 1) * 16) / columns);
  const high = Math.max(...names.map((name) => fanHigh(doc.series[`campus.${name}.${key}`]!)));
  const cells = names.map((name) => {
    const at = `campus.${name}.${key}`;
    const cell = el("div", { class: "small-multiple" }, [el("h4", {}, [name])]);
    fan(cell, each, { series: doc.series[at]!, label: `${key} of ${name}`, marks: marksOf(doc, at), compare: compare?.series[at], height: names.length === 1 ? 260 : 170, high });
    return cell;
  });
  host.append(el("div", { class: "multiples" }, cells));
}

export const capacityCharts: readonly Chart[] = [
  fanChart("capacity-mw", "Capacity in operation", "programme.capacity_mw", "capacity", true),
  fanChart("it-mw", "IT load that is installed", "programme.it_mw", "IT"),
  fanChart("gpus", "GPUs installed", "programme.gpus", ""),
  byCampus(),
];
