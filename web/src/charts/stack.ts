// Columns or areas stacked by kind: for quantities that add up.
import { digits, monthIndex, scaled, unitScale } from "../data/format.ts";
import { band, reader, timeArea } from "./axes.ts";
import { svg } from "./dom.ts";
import { linear, roundUp, ticks } from "./scale.ts";

export interface Layer {
  label: string;
  tone: string; // class
  values: readonly number[];
}

/** A column for each category (a year), layers from below. */
export function stackedColumns(host: HTMLElement, width: number, categories: readonly string[], layers: readonly Layer[], unit: string, label: string): void {
  const height = Math.round(Math.min(320, Math.max(220, width * 0.4)));
  const sums = categories.map((_, i) => layers.reduce((sum, l) => sum + (l.values[i] ?? 0), 0));
  const high = roundUp(Math.max(...sums, 1e-9));
  const scale = unitScale(unit, high);
  const marks = ticks(0, high).map((at) => ({ at, label: digits(at / scale.factor, 4) }));
  const left = 12 + Math.max(...marks.map((m) => m.label.length)) * 7;
  const y = linear(0, high, height - 24, 24);
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
  root.append(svg("text", { class: "axis-title", x: 0, y: 11 }, [scale.label]));
  for (const mark of marks) {
    root.append(svg("line", { class: mark.at === 0 ? "base" : "grid", x1: left, x2: width - 6, y1: y(mark.at), y2: y(mark.at) }));
    root.append(svg("text", { class: "tick end", x: left - 7, y: y(mark.at) + 4 }, [mark.label]));
  }
  const step = (width - 6 - left) / Math.max(1, categories.length);
  categories.forEach((category, i) => {
    const px = left + i * step + step * 0.14;
    let below = 0;
    for (const layer of layers) {
      const value = layer.values[i] ?? 0;
      if (value <= 0) continue;
      const tall = y(below) - y(below + value);
      const part = svg("rect", { class: layer.tone, x: px, y: y(below + value), width: step * 0.72, height: Math.max(0, tall - 0.75) });
      part.append(svg("title", {}, [`${category}, ${layer.label}: ${scaled(value, scale)}`]));
      root.append(part);
      below += value;
    }
    root.append(svg("text", { class: "tick middle", x: px + step * 0.36, y: height - 6 }, [step < 34 ? `’${category.slice(2)}` : category]));
  });
  host.append(root);
}

/** Areas over months, layers from below, with readings. */
export function stackedAreas(host: HTMLElement, width: number, months: readonly string[], layers: readonly Layer[], unit: string, label: string): void {
  const at = months.map(monthIndex);
  const sums = months.map((_, i) => layers.reduce((sum, l) => sum + (l.values[i] ?? 0), 0));
  const high = roundUp(Math.max(...sums, 1e-9));
  const scale = unitScale(unit, high);
  const area = timeArea({
    width,
    height: Math.round(Math.min(300, Math.max(200, width * 0.45))),
    from: at[0] ?? 0,
    to: at[at.length - 1] ?? 1,
    low: 0,
    high,
    yTicks: ticks(0, high).map((t) => ({ at: t, label: digits(t / scale.factor, 4) })),
    yLabel: scale.label,
    label,
  });
  let below = months.map(() => 0);
  for (const layer of layers) {
    const above = below.map((v, i) => v + (layer.values[i] ?? 0));
    area.root.append(svg("path", { class: layer.tone, d: band(at, below, above, area.x, area.y) }));
    below = above;
  }
  reader(host, area, at, (i) => layers.map((l) => ({ label: l.label, value: scaled(l.values[i] ?? 0, scale), mark: l.tone })));
}
