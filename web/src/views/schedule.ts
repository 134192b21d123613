// Schedule: a bar for each building, from the median start of works to the median day it operates, with the spread of its end.
import type { Building, RunDocument } from "../data/document.ts";
import { count, monthIndex, monthName, monthOfIndex, monthShort, percent } from "../data/format.ts";
import { el, svg } from "../charts/dom.ts";
import type { Chart } from "../charts/figure.ts";
import { balanced, linear, yearTicks } from "../charts/scale.ts";
import type { Table } from "../charts/table.ts";

// In the order in which a tranche passes through them.
export const STATES: readonly { word: string; label: string; tone: string }[] = [
  { word: "promised", label: "promised", tone: "state-promised" },
  { word: "contracted", label: "contracted", tone: "state-contracted" },
  { word: "permitted", label: "permitted", tone: "state-permitted" },
  { word: "financed", label: "financed", tone: "state-financed" },
  { word: "construction", label: "in construction", tone: "state-construction" },
  { word: "energised", label: "energised", tone: "state-energised" },
  { word: "operating", label: "operating", tone: "state-operating" },
  { word: "relet", label: "let again", tone: "state-relet" },
  { word: "dropped", label: "dropped", tone: "state-dropped" },
];

/** The state that most scenarios are in. */
export function likeliest(shares: Readonly<Record<string, number>>): { word: string; share: number } {
  let best = { word: "promised", share: 0 };
  for (const [word, share] of Object.entries(shares)) if (share > best.share) best = { word, share };
  return best;
}

/** Median over buildings of months late, of those that get done. */
export function typicalDelay(buildings: readonly Building[]): number | null {
  const late = buildings
    .flatMap((b) => (b.done.p50 && b.planned.done ? [monthIndex(b.done.p50) - monthIndex(b.planned.done)] : []))
    .sort((a, b) => a - b);
  return late.length ? (late[Math.floor((late.length - 1) / 2)] ?? null) : null;
}

export function scheduleSentence(doc: RunDocument, buildings: readonly Building[]): string {
  const done = buildings.filter((b) => b.done.p50).length;
  const last = buildings.map((b) => b.planned.done).filter((m): m is string => m !== null).sort().pop();
  const planned = buildings.filter((b) => b.planned.done).length;
  const late = typicalDelay(buildings);
  const end = doc.horizon ? ` by the end of ${doc.horizon.to.slice(0, 4)}` : "";
  return (
    `By plan ${count(planned)} of ${count(buildings.length)} buildings operate${last ? ` by ${monthName(last)}` : ""}; in most scenarios ${count(done)} do${end}. ` +
    (late === null ? "" : late > 0 ? `Of those, the typical one is ${late} months late.` : "Of those, the typical one is on time.")
  );
}

function schedule(): Chart {
  let year = "";
  return {
    id: "schedule",
    title: "Buildings by campus",
    wide: true,
    content(context, redraw) {
      const { doc } = context;
      const buildings = doc.schedule ?? [];
      if (!buildings.length) return { sentence: doc.schedule ? "This programme has no buildings." : "This run was written without a schedule of buildings.", empty: true };
      const years = Object.keys(buildings[0]?.state_by_year ?? {});
      // By default the end of the fourth year, when a programme is usually in the midst of it.
      if (!years.includes(year)) year = years[Math.min(3, years.length - 1)] ?? "";
      const seen = new Set(buildings.map((b) => likeliest(b.state_by_year?.[year] ?? b.state).word));
      return {
        sentence: scheduleSentence(doc, buildings),
        selects: years.length
          ? [{ label: "Coloured by the likeliest state at the end of", value: year, options: years.map((y) => ({ value: y, label: y })), change: (y) => ((year = y), redraw()) }]
          : [],
        legend: [
          { label: "median start to median end", mark: "state-swatch" },
          { label: "end: 10–90 % of scenarios", mark: "mark-whisker" },
          { label: "by plan", mark: "mark-plan" },
          ...STATES.filter((s) => seen.has(s.word)).map((s) => ({ label: s.label, mark: s.tone })),
        ],
        table: () => scheduleTable(buildings, year),
        draw: (host, width) => drawSchedule(doc, host, width, buildings, year),
      };
    },
  };
}

function scheduleTable(buildings: readonly Building[], year: string): Table {
  const dates = (b: Building): (string | null)[] => [b.planned.begin, b.planned.power, b.planned.done, ...[b.begin, b.power, b.done].flatMap((d) => [d.p10, d.p50, d.p90])];
  return {
    wide: true,
    columns: [
      "campus", "building", "type", "IT, MW", "begin by plan", "power by plan", "done by plan",
      ...["begin", "power", "done"].flatMap((what) => ["10 %", "50 %", "90 %"].map((q) => `${what} ${q}`)),
      ...STATES.map((s) => `${s.label}, end of ${year}`),
    ],
    rows: buildings.map((b) => [b.campus, b.building, b.type, b.it_mw, ...dates(b), ...STATES.map((s) => (b.state_by_year?.[year] ?? b.state)[s.word] ?? 0)]),
  };
}

function drawSchedule(doc: RunDocument, host: HTMLElement, width: number, buildings: readonly Building[], year: string): void {
  const campuses = [...new Set(buildings.map((b) => b.campus))];
  const columns = balanced(campuses.length, Math.floor(width / 370));
  const each = Math.floor((width - (columns - 1) * 32) / columns);
  const begins = buildings.flatMap((b) => [b.planned.begin, b.begin.p50]).filter((m): m is string => m !== null).map(monthIndex);
  const ends = buildings.flatMap((b) => [b.planned.done, b.done.p90]).filter((m): m is string => m !== null).map(monthIndex);
  const from = Math.min(doc.horizon ? monthIndex(doc.horizon.from) : Infinity, ...begins);
  const to = Math.max(doc.horizon ? monthIndex(doc.horizon.to) : -Infinity, ...ends);
  const parts = campuses.map((campus) => {
    const own = buildings.filter((b) => b.campus === campus);
    return el("div", { class: "small-multiple" }, [el("h4", {}, [`${campus} · ${count(own.length)} ${own.length === 1 ? "building" : "buildings"}`]), lanes(own, each, from, to, year)]);
  });
  host.append(el("div", { class: "multiples schedule-parts" }, parts));
}

function lanes(buildings: readonly Building[], width: number, from: number, to: number, year: string): SVGSVGElement {
  const row = buildings.length > 12 ? 11 : buildings.length > 4 ? 15 : 20;
  const height = buildings.length * row + 24;
  const x = linear(from, to, 22, width - 14);
  const at = (month: string): number => x(monthIndex(month));
  const label = `Schedule of ${buildings[0]?.campus}: ${buildings.length} buildings, ${monthShort(monthOfIndex(from))} to ${monthShort(monthOfIndex(to))}`;
  const root = svg("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
  for (const tick of yearTicks(from, to, width - 36)) {
    root.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 20 }));
    root.append(svg("text", { class: "tick middle", x: x(tick), y: height - 6 }, [String(tick / 12)]));
  }
  buildings.forEach((b, i) => {
    const top = i * row;
    const mid = top + row / 2;
    const state = likeliest(b.state_by_year?.[year] ?? b.state);
    const known = STATES.find((s) => s.word === state.word);
    const group = svg("g", {}, [svg("title", {}, [told(b, known?.label ?? state.word, state.share, year)])]);
    if (row >= 15 || i % 5 === 4 || i === 0) group.append(svg("text", { class: "tick end small", x: 18, y: mid + 4 }, [String(b.building)]));
    const end = x(to);
    if (b.begin.p50) {
      const stop = b.done.p50 ? at(b.done.p50) : end;
      group.append(svg("rect", { class: `${known?.tone ?? ""}${b.done.p50 ? "" : " unfinished"}`, x: at(b.begin.p50), y: top + 1.5, width: Math.max(2, stop - at(b.begin.p50)), height: row - 4, rx: 2 }));
    }
    if (b.done.p10) {
      const last = b.done.p90 ? at(b.done.p90) : end;
      group.append(svg("line", { class: "whisker", x1: at(b.done.p10), x2: last, y1: mid - 0.5, y2: mid - 0.5 }));
      for (const px of b.done.p90 ? [at(b.done.p10), last] : [at(b.done.p10)]) group.append(svg("line", { class: "whisker", x1: px, x2: px, y1: mid - 3.5, y2: mid + 2.5 }));
      if (!b.done.p90) group.append(svg("path", { class: "whisker-end", d: `M${end} ${mid - 4}l6 3.5l-6 3.5z` }));
    }
    if (b.planned.begin && b.planned.done) group.append(svg("line", { class: "plan-lane", x1: at(b.planned.begin), x2: at(b.planned.done), y1: top + row - 1.2, y2: top + row - 1.2 }));
    root.append(group);
  });
  return root;
}

function told(b: Building, state: string, share: number, year: string): string {
  const month = (m: string | null): string => (m ? monthShort(m) : "not within what is simulated");
  return `${b.campus} ${b.building}: done ${month(b.done.p50)} in the median scenario (10 %: ${month(b.done.p10)}, 90 %: ${month(b.done.p90)}), by plan ${month(b.planned.done)}. At the end of ${year} ${state} in ${percent(share)}.`;
}

export const scheduleCharts: readonly Chart[] = [schedule()];
