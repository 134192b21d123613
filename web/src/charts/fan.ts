// A fan: bands of 5-95 % and 10-90 % of scenarios, their median, and the plan; straight from month to month.
import type { Series } from "../data/document.ts";
import { digits, monthIndex, quantity, scaled, unitScale } from "../data/format.ts";
import { greatest } from "../data/derive.ts";
import { band, line, reader, timeArea } from "./axes.ts";
import { svg } from "./dom.ts";
import type { LegendItem } from "./figure.ts";
import { roundUp, ticks } from "./scale.ts";
import type { Table } from "./table.ts";

export interface FanMark {
  month: string;
  value: number;
  label: string;
  kind: "promise" | "fact";
}

export interface FanOptions {
  series: Series;
  label: string;
  unit?: string; // otherwise the series' own
  plan?: string | false; // its name in the legend; false: it is left out
  marks?: FanMark[];
  levels?: { value: number; label: string }[]; // lines across
  most?: number; // values beyond it are cut off
  compare?: Series | undefined;
  height?: number;
  low?: number; // where the axis begins; values below are left out
  lines?: { label: string; mark: "other"; values: readonly (number | null)[] }[]; // further rows by month
  high?: number; // of the axis, so that several have the same
}

export function fanLegend(options: Pick<FanOptions, "plan" | "marks" | "levels" | "compare" | "lines">): LegendItem[] {
  const items: LegendItem[] = [
    { label: "median", mark: "mark-median" },
    { label: "10–90 %", mark: "mark-band2" },
    { label: "5–95 %", mark: "mark-band1" },
  ];
  if (options.plan !== false) items.push({ label: options.plan ?? "by plan", mark: "mark-plan" });
  if (options.compare) items.push({ label: "median of the other", mark: "mark-compare" });
  for (const extra of options.lines ?? []) items.push({ label: extra.label, mark: "mark-compare" });
  if (options.levels?.length) items.push({ label: "covenant", mark: "mark-level" });
  if (options.marks?.some((m) => m.kind === "promise")) items.push({ label: "promised", mark: "mark-promise" });
  if (options.marks?.some((m) => m.kind === "fact")) items.push({ label: "known fact", mark: "mark-fact" });
  return items;
}

export function fanHigh(series: Series, plan = true, marks: readonly FanMark[] = []): number {
  return Math.max(greatest(series.p95, plan ? series.plan : []), ...marks.map((m) => m.value));
}

export function fan(host: HTMLElement, width: number, options: FanOptions): void {
  const { series } = options;
  const unit = options.unit ?? series.unit;
  const months = series.month.map(monthIndex);
  const clip = (row: readonly (number | null)[]): (number | null)[] =>
    row.map((v) => (v === null || v < (options.low ?? -Infinity) ? null : Math.min(v, options.most ?? Infinity)));
  const marks = (options.marks ?? []).filter((m) => monthIndex(m.month) <= months[months.length - 1]! && monthIndex(m.month) >= months[0]!);
  const top = options.high ?? options.most ?? Math.max(fanHigh(series, options.plan !== false, marks), ...(options.levels ?? []).map((l) => l.value));
  const lowest = Math.min(0, ...series.p5.map((v) => v ?? 0));
  const low = options.low ?? (lowest < 0 ? -roundUp(-lowest) : 0);
  const high = options.most !== undefined ? options.most : low > 0 ? low + roundUp(Math.max(top - low, low / 20)) : roundUp(Math.max(top, ...(options.lines ?? []).map((l) => greatest(l.values))) || 1);
  const scale = unitScale(unit, high);
  const area = timeArea({
    width,
    height: options.height ?? Math.round(Math.min(300, Math.max(200, width * 0.45))),
    from: months[0]!,
    to: months[months.length - 1]!,
    low,
    high,
    yTicks: ticks(low, high).map((at) => ({ at, label: digits(at / scale.factor, 4) })),
    yLabel: scale.label,
    label: options.label,
  });
  const { root, x, y } = area;
  root.append(svg("path", { class: "band1", d: band(months, clip(series.p5), clip(series.p95), x, y) }));
  root.append(svg("path", { class: "band2", d: band(months, clip(series.p10), clip(series.p90), x, y) }));
  for (const level of options.levels ?? []) {
    root.append(svg("line", { class: "level", x1: area.left, x2: area.right, y1: y(level.value), y2: y(level.value) }));
    root.append(svg("text", { class: "level-label end", x: area.right - 3, y: y(level.value) - 4 }, [level.label]));
  }
  if (options.plan !== false) root.append(svg("path", { class: "plan", d: line(months, clip(series.plan), x, y) }));
  if (options.compare) root.append(svg("path", { class: "compare", d: line(options.compare.month.map(monthIndex), clip(options.compare.p50), x, y) }));
  root.append(svg("path", { class: "median", d: line(months, clip(series.p50), x, y) }));
  for (const extra of options.lines ?? []) root.append(svg("path", { class: "compare", d: line(months, clip(extra.values), x, y) }));
  for (const mark of marks) {
    const px = x(monthIndex(mark.month));
    const py = y(mark.value);
    const shape =
      mark.kind === "promise"
        ? svg("path", { class: "promise-mark", d: `M${px - 6} ${py - 5}h12l-6 10z` })
        : svg("path", { class: "fact-mark", d: `M${px} ${py - 6}l6 6l-6 6l-6-6z` });
    shape.append(svg("title", {}, [mark.label]));
    root.append(shape);
  }
  const show = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : scaled(value, unitScale(unit, value)));
  reader(host, area, months, (i) => [
    { label: "median", value: show(series.p50[i]), mark: "mark-median" },
    { label: "10–90 %", value: `${show(series.p10[i])} to ${show(series.p90[i])}`, mark: "mark-band2" },
    { label: "5–95 %", value: `${show(series.p5[i])} to ${show(series.p95[i])}`, mark: "mark-band1" },
    ...(options.plan === false ? [] : [{ label: options.plan ?? "by plan", value: show(series.plan[i]), mark: "mark-plan" }]),
    ...(options.lines ?? []).map((l) => ({ label: l.label, value: show(l.values[i]), mark: "mark-compare" })),
  ]);
}

/** All months; Decembers stay when printed. */
export function seriesTable(series: Series, name: string): Table {
  const unit = series.unit ? `, ${series.unit}` : "";
  return {
    columns: ["month", ...["plan", "mean", "p5", "p10", "p50", "p90", "p95"].map((q) => `${name} ${q}${unit}`)],
    rows: series.month.map((month, i) => [
      month,
      ...[series.plan, series.mean, series.p5, series.p10, series.p50, series.p90, series.p95].map((row) => row[i] ?? null),
    ]),
    coarse: (row) => String(row[0]).endsWith("-12"),
  };
}

/** "median 1.2 GW, 10-90 % 0.8 to 1.9 GW" of a month. */
export function atMonth(series: Series, i: number, unit = series.unit): string {
  const [low, mid, high] = [series.p10[i], series.p50[i], series.p90[i]];
  if (mid === null || mid === undefined || low === null || low === undefined || high === null || high === undefined) return "unknown";
  return `${quantity(mid, unit)} (10–90 %: ${quantity(low, unit)} to ${quantity(high, unit)})`;
}
