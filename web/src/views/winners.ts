// Who wins, who loses: present value by party with its band, and the cash behind it.
import type { PartyValue, RunDocument } from "../data/document.ts";
import { digits, percent, quantity, unitScale } from "../data/format.ts";
import { el, svg } from "../charts/dom.ts";
import type { Chart, Context } from "../charts/figure.ts";
import { linear, ticks } from "../charts/scale.ts";

type Party = [string, PartyValue];

/** Parties that money touches: those of the programme first, then those outside, best first. */
export function parties(doc: RunDocument): Party[] {
  return Object.entries(doc.parties ?? {})
    .filter(([, p]) => [p.npv_usd.p10, p.npv_usd.p50, p.npv_usd.p90].some((v) => v !== null && Math.abs(v) >= 1e6))
    .sort((a, b) => Number(b[1].inside) - Number(a[1].inside) || (b[1].npv_usd.p50 ?? 0) - (a[1].npv_usd.p50 ?? 0));
}

const value: Chart = {
  id: "winners",
  title: "Value by party",
  wide: true,
  content(context) {
    const { doc } = context;
    const list = parties(doc);
    if (!list.length) return { sentence: "No party gains or loses a million dollars in this programme.", empty: true };
    const within = list.filter(([, p]) => p.inside);
    const told = within.length ? within : list;
    const best = told[0]!;
    const worst = told[told.length - 1]!;
    const losers = told.filter(([, p]) => (p.npv_usd.p50 ?? 0) < 0).length;
    return {
      sentence:
        `Present value of all cash in and out within what is simulated, at each party's own rate. Of the programme's own parties ${best[0]} does best, ${quantity(best[1].npv_usd.p50 ?? 0, "USD")} in the median scenario, and ${worst[0]} worst, ${quantity(worst[1].npv_usd.p50 ?? 0, "USD")}; ` +
        `${losers} of ${told.length} lose. Costs of those outside are not simulated: for them it is what they are paid, less what they pay in.`,
      legend: [
        { label: "10–90 % of scenarios", mark: "mark-range" },
        { label: "5–95 %", mark: "mark-band1" },
        { label: "median: gain", mark: "mark-gain" },
        { label: "median: loss", mark: "mark-loss" },
        ...(context.compare ? [{ label: "median of the other", mark: "mark-compare" }] : []),
      ],
      table: () => ({
        columns: ["party", "within the programme", "rate a year", ...["mean", "p5", "p10", "p50", "p90", "p95"].map((q) => `npv ${q}, USD`)],
        rows: Object.entries(doc.parties).map(([name, p]) => [name, p.inside ? "yes" : "no", p.rate, p.npv_usd.mean, p.npv_usd.p5, p.npv_usd.p10, p.npv_usd.p50, p.npv_usd.p90, p.npv_usd.p95]),
        coarse: () => true,
      }),
      draw: (host, width) => drawValues(context, host, width, list),
    };
  },
};

function drawValues({ compare }: Context, host: HTMLElement, width: number, list: readonly Party[]): void {
  const wide = width >= 700;
  const row = wide ? 38 : 52;
  const left = wide ? 170 : 8;
  const right = wide ? 110 : 10;
  const inside = list.filter(([, p]) => p.inside).length;
  const gap = inside > 0 && inside < list.length ? 26 : 0; // a heading between
  const height = list.length * row + gap + 44;
  const all = list.flatMap(([, p]) => [p.npv_usd.p5 ?? 0, p.npv_usd.p95 ?? 0]);
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all);
  const x = linear(low, high, left + 6, width - right);
  const scale = unitScale("USD", Math.max(high, -low));
  const label = `Value by party: ${list.map(([name, p]) => `${name} ${quantity(p.npv_usd.p50 ?? 0, "USD")}`).join("; ")}`;
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
  for (const tick of ticks(low, high, wide ? 7 : 4)) {
    root.append(svg("line", { class: tick === 0 ? "base" : "grid", x1: x(tick), x2: x(tick), y1: 4, y2: height - 34 }));
    root.append(svg("text", { class: "tick middle", x: x(tick), y: height - 20 }, [digits(tick / scale.factor)]));
  }
  root.append(svg("text", { class: "axis-title end", x: width - right, y: height - 3 }, [scale.label]));
  if (gap) {
    const at = inside * row + 6;
    root.append(svg("line", { class: "grid", x1: 0, x2: width, y1: at, y2: at }));
    root.append(svg("text", { x: 0, y: at + 15 }, ["outside the programme"]));
  }
  list.forEach(([name, p], i) => {
    const v = p.npv_usd;
    const mid = i * row + (i >= inside ? gap : 0) + (wide ? row / 2 : row - 14);
    const median = v.p50 ?? 0;
    const group = svg("g", {}, [svg("title", {}, [`${name}: ${quantity(median, "USD")} (10–90 %: ${quantity(v.p10 ?? 0, "USD")} to ${quantity(v.p90 ?? 0, "USD")})`])]);
    group.append(svg("rect", { class: "band1", x: x(v.p5 ?? 0), y: mid - 8, width: Math.max(1, x(v.p95 ?? 0) - x(v.p5 ?? 0)), height: 16, rx: 3 }));
    group.append(svg("rect", { class: "band2", x: x(v.p10 ?? 0), y: mid - 8, width: Math.max(1, x(v.p90 ?? 0) - x(v.p10 ?? 0)), height: 16, rx: 3 }));
    const other = compare?.parties[name]?.npv_usd.p50;
    if (other !== undefined && other !== null) group.append(svg("line", { class: "compare", x1: x(other), x2: x(other), y1: mid - 11, y2: mid + 11 }));
    // Gain and loss differ in shape as well as in colour.
    group.append(
      median >= 0
        ? svg("path", { class: "gain", d: `M${x(median) - 7} ${mid + 6}h14l-7-13z` })
        : svg("path", { class: "loss", d: `M${x(median) - 7} ${mid - 6}h14l-7 13z` }),
    );
    group.append(svg("text", { class: wide ? "strong end" : "strong", x: wide ? left - 8 : 8, y: wide ? mid + 4 : mid - 16 }, [name]));
    group.append(svg("text", { class: "strong end", x: width - 2, y: wide ? mid + 4 : mid - 16 }, [quantity(median, "USD", 2)]));
    root.append(group);
  });
  host.append(el("div", {}, [root]));
}

const cash: Chart = {
  id: "cash",
  title: "Cash in and out by party",
  wide: true,
  content({ doc }) {
    const list = Object.entries(doc.parties ?? {})
      .filter(([, p]) => (p.cash_in_usd.p50 ?? 0) + (p.cash_out_usd.p50 ?? 0) >= 1e6)
      .sort((a, b) => (b[1].cash_in_usd.p50 ?? 0) + (b[1].cash_out_usd.p50 ?? 0) - (a[1].cash_in_usd.p50 ?? 0) - (a[1].cash_out_usd.p50 ?? 0));
    if (!list.length) return { sentence: "No cash moves between parties in the median scenario.", empty: true };
    const first = list[0]!;
    const share = (first[1].cash_out_usd.p50 ?? 0) / ((first[1].cash_in_usd.p50 ?? 0) || 1);
    return {
      sentence: `Median over the whole run, not discounted. Most goes through ${first[0]}: ${quantity(first[1].cash_in_usd.p50 ?? 0, "USD")} in, ${quantity(first[1].cash_out_usd.p50 ?? 0, "USD")} out, ${percent(share)} of what comes in.`,
      legend: [
        { label: "cash in", mark: "tone-1" },
        { label: "cash out", mark: "tone-2" },
      ],
      table: () => ({
        columns: ["party", ...["in", "out"].flatMap((w) => ["mean", "p10", "p50", "p90"].map((q) => `cash ${w} ${q}, USD`))],
        rows: Object.entries(doc.parties).map(([name, p]) => [name, ...[p.cash_in_usd, p.cash_out_usd].flatMap((v) => [v.mean, v.p10, v.p50, v.p90])]),
        coarse: () => true,
      }),
      draw: (host, width) => drawCash(host, width, list),
    };
  },
};

function drawCash(host: HTMLElement, width: number, list: readonly Party[]): void {
  const wide = width >= 700;
  const row = wide ? 34 : 54;
  const left = wide ? 170 : 8;
  const height = list.length * row + 6;
  const most = Math.max(...list.map(([, p]) => Math.max(p.cash_in_usd.p50 ?? 0, p.cash_out_usd.p50 ?? 0)), 1);
  const x = linear(0, most, left, width - 110);
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": `Cash in and out of ${list.map(([n]) => n).join(", ")}` });
  list.forEach(([name, p], i) => {
    const top = i * row + (wide ? 4 : 22);
    root.append(svg("text", { class: wide ? "strong end" : "strong", x: wide ? left - 8 : 8, y: wide ? top + 16 : top - 6 }, [name]));
    for (const [k, v, tone] of [[0, p.cash_in_usd.p50 ?? 0, "tone-1"], [1, p.cash_out_usd.p50 ?? 0, "tone-2"]] as const) {
      root.append(svg("rect", { class: tone, x: left, y: top + k * 13, width: Math.max(1, x(v) - left), height: 11, rx: 2 }));
      root.append(svg("text", { x: x(v) + 6, y: top + k * 13 + 10 }, [quantity(v, "USD", 2)]));
    }
  });
  host.append(root);
}

export const winnersCharts: readonly Chart[] = [value, cash];
