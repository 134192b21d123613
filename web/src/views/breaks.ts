// What breaks first: delay by root cause, by campus and over time, and the odds with a cause removed.
import type { RunDocument } from "../data/document.ts";
import { CAUSES, causeOf, ranked } from "../data/causes.ts";
import { delayTotals, withoutCause } from "../data/derive.ts";
import { digits, listed, odds, percent, quantity } from "../data/format.ts";
import { bars } from "../charts/bars.ts";
import { el, styled } from "../charts/dom.ts";
import type { Chart, Context, LegendItem } from "../charts/figure.ts";
import { stackedColumns, type Layer } from "../charts/stack.ts";
import { byDate } from "./promises.ts";
import { condition } from "./sentences.ts";

const NO_YEARS = "This run was written without delay by year.";

function layersOf(rows: Readonly<Record<string, number[]>>): Layer[] {
  return CAUSES.filter((c) => (rows[c.word] ?? []).some((v) => v > 0)).map((c) => ({ label: c.label, tone: `tone-${c.tone}`, values: rows[c.word] ?? [] }));
}

// Causes that share a colour share an entry.
function causeLegend(labels: readonly string[]): LegendItem[] {
  const byTone = new Map<number, string[]>();
  for (const c of CAUSES) if (labels.includes(c.label)) byTone.set(c.tone, [...(byTone.get(c.tone) ?? []), c.label]);
  return [...byTone].map(([tone, names]) => ({ label: names.join(", "), mark: `tone-${tone}` }));
}

const sum = (row: readonly number[] | undefined): number => (row ?? []).reduce((a, b) => a + b, 0);

function byCause(): Chart {
  let where = "";
  return {
    id: "delay-cause",
    title: "Delay by root cause",
    content({ doc, compare }, redraw) {
      const years = doc.delay_by_year;
      if (!years) return { sentence: NO_YEARS, empty: true };
      const campuses = Object.keys(years.campus ?? {});
      if (!campuses.includes(where)) where = "";
      const rows = where ? years.campus[where]! : years.mw_months;
      const shares = delayTotals(doc, where || undefined);
      if (!shares || !ranked(shares).length) return { sentence: "Nothing was late in any scenario.", empty: true };
      const list = ranked(shares, 0.001);
      const other = compare ? delayTotals(compare, where || undefined) : null;
      const total = Object.values(rows).reduce((all, row) => all + sum(row), 0);
      return {
        sentence: `On average ${quantity(total, "MW-month")} come later than planned${where ? ` at ${where}` : ""}; ${listed(list.slice(0, 3).map((r) => `${percent(r.share)} because of ${r.cause.label}`))}.`,
        selects: campuses.length > 1 ? [{ label: "Where", value: where, options: [{ value: "", label: "all campuses" }, ...campuses.map((c) => ({ value: c, label: c }))], change: (v) => ((where = v), redraw()) }] : [],
        table: () => ({ columns: ["cause", "MW-months late, mean", "share", "what it means"], rows: list.map((r) => [r.cause.word, sum(rows[r.cause.word]), r.share, r.cause.meaning]) }),
        draw: (host) =>
          host.append(
            bars(
              list.map((r) => ({
                label: r.cause.label,
                title: r.cause.meaning,
                value: r.share,
                text: percent(r.share),
                tone: r.cause.tone,
                ...(other ? { other: other[r.cause.word] ?? 0 } : {}),
              })),
            ),
          ),
      };
    },
  };
}

const overTime: Chart = {
  id: "delay-year",
  title: "Delay over time",
  content({ doc }) {
    const years = doc.delay_by_year;
    if (!years) return { sentence: NO_YEARS, empty: true };
    const layers = layersOf(years.mw_months);
    if (!layers.length) return { sentence: "Nothing was late in any scenario.", empty: true };
    const names = years.year.map(String);
    const totals = names.map((_, i) => layers.reduce((all, l) => all + (l.values[i] ?? 0), 0));
    const worst = totals.indexOf(Math.max(...totals));
    return {
      sentence: `Most is missing in ${names[worst]}: ${quantity((totals[worst] ?? 0) / 12, "MW")} on average over that year.`,
      legend: causeLegend(layers.map((l) => l.label)),
      table: () => ({ columns: ["year", ...layers.map((l) => `${l.label}, MW-months`)], rows: names.map((y, i) => [y, ...layers.map((l) => l.values[i] ?? 0)]) }),
      draw: (host, width) => stackedColumns(host, width, names, layers, "MW-month", "Megawatt-months late by year and cause"),
    };
  },
};

const byCampus: Chart = {
  id: "delay-campus",
  title: "Delay by campus",
  wide: true,
  content({ doc }) {
    const campuses = Object.entries(doc.delay ?? {});
    if (!campuses.length) return { sentence: "This programme has no campus.", empty: true };
    const told = campuses.slice(0, 4).map(([name, d]) => {
      const first = ranked(d.share)[0];
      return first ? `${name} waits for ${first.cause.label} (${percent(first.share)})` : `${name} is on time`;
    });
    const seen = CAUSES.filter((c) => campuses.some(([, d]) => (d.share[c.word] ?? 0) > 0.005));
    const totals = doc.delay_by_year?.campus ?? {};
    const size = (name: string): number => Object.values(totals[name] ?? {}).reduce((all, row) => all + sum(row), 0);
    return {
      sentence: `Most of all, ${listed(told)}.`,
      legend: causeLegend(seen.map((c) => c.label)),
      table: () => ({ columns: ["campus", ...CAUSES.map((c) => `${c.word}, share`)], rows: campuses.map(([name, d]) => [name, ...CAUSES.map((c) => d.share[c.word] ?? null)]) }),
      draw: (host) =>
        host.append(
          el(
            "ul",
            { class: "share-rows" },
            campuses.map(([name, d]) =>
              el("li", {}, [
                el("span", { class: "bar-label" }, [name]),
                el("span", { class: "share-bar" }, CAUSES.filter((c) => (d.share[c.word] ?? 0) > 0).map((c) => shareCell(c.word, d.share[c.word] ?? 0))),
                el("b", { class: "bar-text" }, [size(name) ? quantity(size(name), "MW-month", 2) : ""]),
              ]),
            ),
          ),
        ),
    };
  },
};

function shareCell(word: string, share: number): HTMLElement {
  const cause = causeOf(word);
  const text = `${cause.label} ${percent(share)}`;
  return styled(el("span", { class: `tone-${cause.tone}`, title: `${text}: ${cause.meaning}` }, [el("span", { class: "unseen" }, [text])]), { "flex-grow": String(share) });
}

// ---- With a cause removed -----------------------------------------------------------------------------------------------

const without: Chart = {
  id: "without",
  title: "Odds with each cause of delay removed",
  wide: true,
  content(context) {
    const { doc } = context;
    const moved = byDate(doc.promises).filter((p) => withoutCause(doc, p.id).some((w) => Math.abs(w.probability - (p.probability ?? 0)) >= 0.005));
    const any = doc.promises.some((p) => withoutCause(doc, p.id).length);
    if (!any) return { sentence: doc.promises.length ? "The run left these out (--no-without)." : "This programme states no promises.", empty: true };
    if (!moved.length) return { sentence: "No promise hangs on a single cause: with any one of them removed the odds stay as they are.", empty: true };
    return {
      sentence: withoutSentence(doc, moved.map((p) => p.id)),
      table: () => ({
        columns: ["promise", "as it is", ...CAUSES.map((c) => `no ${c.word}`)],
        rows: byDate(doc.promises).map((p) => [p.id, p.probability, ...CAUSES.map((c) => withoutCause(doc, p.id).find((w) => w.word === c.word)?.probability ?? null)]),
      }),
      draw: (host, width) => drawMatrix(context, host, width, moved.map((p) => p.id)),
    };
  },
};

function withoutSentence(doc: RunDocument, ids: readonly string[]): string {
  const best = ids
    .flatMap((id) => {
      const p = doc.promises.find((q) => q.id === id);
      const first = withoutCause(doc, id)[0];
      return p && first ? [{ p, first, gain: first.probability - (p.probability ?? 0) }] : [];
    })
    .sort((a, b) => b.gain - a.gain)[0];
  if (!best) return "";
  return `What helps most: without delay by ${causeOf(best.first.word).label}, ${condition(best.p)} goes from ${odds(best.p.probability)} to ${odds(best.first.probability)}.`;
}

function drawMatrix({ doc }: Context, host: HTMLElement, width: number, ids: readonly string[]): void {
  const used = CAUSES.filter((c) => ids.some((id) => Math.abs((withoutCause(doc, id).find((w) => w.word === c.word)?.probability ?? 0) - (doc.promises.find((p) => p.id === id)?.probability ?? 0)) >= 0.005));
  if (width < 620) {
    for (const id of ids) host.append(el("h4", { class: "row-head" }, [titleOf(doc, id)]), oneRow(doc, id));
    return;
  }
  const head = el("tr", {}, [el("th", { scope: "col" }, ["Promise"]), el("th", { scope: "col" }, ["as it is"]), ...used.map((c) => el("th", { scope: "col", title: c.meaning }, [`no ${c.label}`]))]);
  const rows = ids.map((id) => {
    const base = doc.promises.find((p) => p.id === id)?.probability ?? 0;
    return el("tr", {}, [
      el("th", { scope: "row" }, [titleOf(doc, id)]),
      el("td", { class: "heat", "data-value": String(base) }, [odds(base)]),
      ...used.map((c) => {
        const now = withoutCause(doc, id).find((w) => w.word === c.word)?.probability ?? base;
        const gain = Math.max(0, now - base);
        const cell = el("td", { class: now - base >= 0.005 ? "heat gains" : "heat", "data-value": String(now) }, [odds(now)]);
        return styled(cell, { "--gain": `${digits(Math.min(60, gain * 120), 3)}%` });
      }),
    ]);
  });
  host.append(el("table", { class: "matrix" }, [el("thead", {}, [head]), el("tbody", {}, rows)]));
}

function titleOf(doc: RunDocument, id: string): string {
  const p = doc.promises.find((q) => q.id === id);
  return `${id} · ${p?.says ?? (p ? condition(p) : "")}`;
}

function oneRow(doc: RunDocument, id: string): HTMLElement {
  const base = doc.promises.find((p) => p.id === id)?.probability ?? 0;
  const gains = withoutCause(doc, id).filter((w) => Math.abs(w.probability - base) >= 0.005).slice(0, 5);
  return bars(
    [
      { label: "as it is", value: base, text: odds(base), tone: 0 },
      ...gains.map((w) => ({ label: `no ${causeOf(w.word).label}`, value: w.probability, text: odds(w.probability), tone: causeOf(w.word).tone })),
    ],
    1,
  );
}

export const breaksCharts: readonly Chart[] = [byCause(), overTime, byCampus, without];
