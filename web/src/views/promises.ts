// Promises: the answer to one in depth, and all of them beside one another.
import type { Fact, PromiseOdds, RunDocument } from "../data/document.ts";
import { ranked, causeOf } from "../data/causes.ts";
import { delayShares, withoutCause } from "../data/derive.ts";
import { count, dayName, monthIndex, monthName, monthShort, odds, percent, quantity } from "../data/format.ts";
import { el, styled, svg } from "../charts/dom.ts";
import { bars } from "../charts/bars.ts";
import type { Chart, Context } from "../charts/figure.ts";
import { linear, yearTicks, type Linear } from "../charts/scale.ts";
import type { Table } from "../charts/table.ts";
import { condition, placeOf, promiseSentence, promisesSentence } from "./sentences.ts";

const NONE = "This programme states no promises. Add them under `promises:` in its file, each with a metric, a threshold and a date.";

// ---- One in depth -------------------------------------------------------------------------------------------------------

const answer: Chart = {
  id: "answer",
  title: "How likely is it?",
  wide: true,
  content(context) {
    const { doc, promise } = context;
    if (!promise) return { sentence: NONE, empty: true };
    return {
      title: `How likely is ${condition(promise)} by ${monthName(promise.by)}?`,
      sentence: promiseSentence(doc, promise),
      selects: [
        {
          label: "Promise",
          value: promise.id,
          options: byDate(doc.promises).map((p) => ({ value: p.id, label: `${p.id} · ${p.says ?? condition(p)} · ${monthShort(p.by)}` })),
          change: context.choose,
        },
      ],
      table: () => answerTable(doc, promise),
      draw: (host) => host.append(answerCard(context, promise)),
    };
  },
};

function answerTable(doc: RunDocument, promise: PromiseOdds): Table {
  const late = delayShares(doc, promise);
  return {
    columns: ["what", `${promise.id}`],
    rows: [
      ["probability", promise.probability],
      ["threshold, " + (promise.unit || "number"), promise.threshold],
      ...ranked(late?.share ?? {}, 0).map((r) => [`share of delay at ${late?.where}: ${r.cause.word}`, r.share]),
      ...withoutCause(doc, promise.id).map((w) => [`probability without delay by ${w.word}`, w.probability]),
    ],
  };
}

function answerCard(context: Context, promise: PromiseOdds): HTMLElement {
  const { doc } = context;
  const other = context.compare?.promises.find((p) => p.id === promise.id);
  const late = delayShares(doc, promise);
  const base = promise.probability ?? 0;
  const helps = withoutCause(doc, promise.id).filter((w) => w.probability > base + 0.0005).slice(0, 4);
  const quote = el("blockquote", {}, [
    el("p", {}, [promise.says ? `“${promise.says}”` : condition(promise)]),
    el("footer", {}, [[promise.who ?? "nobody named", promise.source].filter(Boolean).join(" · ")]),
  ]);
  const big = el("p", { class: "big-odds" }, [
    el("strong", { "data-value": String(promise.probability), "data-testid": "answer-odds" }, [odds(promise.probability)]),
    el("span", {}, [`of ${count(doc.scenarios)} scenarios`]),
  ]);
  const wasIt = other ? el("p", { class: "was" }, [`${odds(other.probability)} in the other variant`]) : null;
  const dates: [string, string][] = [
    ["By plan", promise.planned_date ? monthName(promise.planned_date) : "not at all"],
    ["One in ten by", monthOr(promise.p10_date)],
    ["Half by", monthOr(promise.p50_date)],
    ["Nine in ten by", monthOr(promise.p90_date)],
  ];
  const when = promise.kind === "at_least" ? el("dl", { class: "answer-dates" }, dates.flatMap(([name, text]) => [el("dt", {}, [name]), el("dd", {}, [text])])) : null;
  const whenTitle = when ? el("h4", {}, ["When instead"]) : null;
  // Beside the odds, unless the odds without a cause need that place.
  const beside = helps.length > 0;
  const left = el("div", { class: "answer-main" }, [quote, big, gauge(promise.probability ?? 0, other?.probability ?? undefined), wasIt, ...(beside ? [whenTitle, when] : [])]);

  const why = el("div", { class: "answer-part" }, [
    el("h4", {}, [late ? `Why: delay ${placeOf(late.where)}, by cause` : "Why"]),
    late && ranked(late.share).length
      ? bars(ranked(late.share).slice(0, 6).map((r) => ({ label: r.cause.label, title: r.cause.meaning, value: r.share, text: percent(r.share), tone: r.cause.tone })))
      : el("p", { class: "muted" }, ["Nothing was late in any scenario."]),
  ]);
  const noCure = withoutCause(doc, promise.id).length ? "Removing any single cause of delay leaves the odds as they are." : "The run left out the odds with a cause removed (--no-without).";
  const cure = [
    el("h4", {}, ["Odds if a cause of delay were gone"]),
    helps.length
      ? bars(
          [
            { label: "as it is", value: base, text: odds(promise.probability), tone: 0 },
            ...helps.map((h) => ({ label: `no ${causeOf(h.word).label}`, title: causeOf(h.word).meaning, value: h.probability, text: odds(h.probability), tone: causeOf(h.word).tone })),
          ],
          1,
        )
      : el("p", { class: "muted" }, [noCure]),
  ];
  const instead = el("div", { class: "answer-part" }, beside || !when ? cure : [whenTitle, when, el("p", { class: "muted answer-note" }, [noCure])]);
  return el("div", { class: "answer" }, [left, why, instead]);
}

const monthOr = (month: string | null): string => (month ? monthName(month) : "later than simulated");

function gauge(probability: number, other?: number): HTMLElement {
  const fill = styled(el("span", { class: "gauge-fill" }), { width: `${probability * 100}%` });
  const parts: HTMLElement[] = [fill];
  if (other !== undefined) parts.push(styled(el("span", { class: "gauge-other" }), { left: `${other * 100}%` }));
  return el("div", { class: "gauge", "aria-hidden": "true" }, parts);
}

// ---- All of them --------------------------------------------------------------------------------------------------------

const all: Chart = {
  id: "promises",
  title: "All promises",
  wide: true,
  content(context) {
    const { doc } = context;
    if (!doc.promises.length) return { sentence: NONE, empty: true };
    const facts = doc.facts_known ?? [];
    return {
      sentence: promisesSentence(doc),
      legend: [
        { label: "odds", mark: "mark-odds" },
        { label: "kept: 10–90 % of scenarios", mark: "mark-range" },
        { label: "half of them", mark: "mark-dot" },
        { label: "by plan", mark: "mark-open" },
        { label: "promised for", mark: "mark-due" },
        ...(facts.length ? [{ label: "a dated fact is known", mark: "mark-fact" }] : []),
      ],
      table: () => promisesTable(doc),
      draw: (host, width) => host.append(promiseList(context, width)),
    };
  },
};

/** By what they are due, so that the page tells a story. */
export function byDate(promises: readonly PromiseOdds[]): PromiseOdds[] {
  return [...promises].sort((a, b) => a.by.localeCompare(b.by) || (a.probability ?? 0) - (b.probability ?? 0));
}

function promisesTable(doc: RunDocument): Table {
  return {
    wide: true,
    columns: ["promise", "who", "says", "series", "kind", "threshold", "unit", "by", "probability", "by plan", "10 % by", "50 % by", "90 % by", "source"],
    rows: byDate(doc.promises).map((p) => [
      p.id, p.who, p.says, p.series, p.kind.replace("_", " "), p.threshold, p.unit, p.by, p.probability, p.planned_date, p.p10_date, p.p50_date, p.p90_date, p.source,
    ]),
    coarse: () => true,
  };
}

function promiseList(context: Context, width: number): HTMLElement {
  const { doc } = context;
  const wide = width >= 860;
  const lane = wide ? Math.round(Math.min(560, width * 0.36)) : width - 8;
  const months = Object.values(doc.series)[0]?.month ?? [];
  const from = monthIndex(doc.horizon?.from ?? months[0] ?? doc.as_of);
  const to = monthIndex(doc.horizon?.to ?? months[months.length - 1] ?? doc.as_of);
  const x = linear(from, to, 16, lane - 26);
  const rows = byDate(doc.promises).map((p) => promiseRow(context, p, x, from, to, lane));
  const axis = el("div", { class: "promise-axis", "aria-hidden": "true" }, [el("span", {}, ["Promise"]), el("span", {}, ["Odds"]), laneAxis(x, from, to, lane)]);
  return styled(el("div", { class: wide ? "promise-list wide-list" : "promise-list" }, [axis, el("ul", {}, rows)]), { "--lane": `${lane}px` });
}

function laneAxis(x: Linear, from: number, to: number, lane: number): SVGSVGElement {
  const labels = yearTicks(from, to, lane, 40).map((at) => svg("text", { class: "tick middle", x: x(at), y: 13 }, [String(at / 12)]));
  return svg("svg", { viewBox: `0 0 ${lane} 18`, width: lane, height: 18 }, labels);
}

function promiseRow(context: Context, p: PromiseOdds, x: Linear, from: number, to: number, lane: number): HTMLElement {
  const { doc } = context;
  const other = context.compare?.promises.find((q) => q.id === p.id);
  const chosen = context.promise?.id === p.id;
  const facts = (doc.facts_known ?? []).filter((f) => f.series === p.series);
  const change = other && other.probability !== null && p.probability !== null ? Math.round((p.probability - other.probability) * 100) : 0;
  return el("li", { class: chosen ? "promise-row chosen" : "promise-row", "data-testid": `promise-${p.id}` }, [
    el("div", { class: "promise-what" }, [
      el("button", { type: "button", class: "promise-pick", "aria-pressed": chosen ? "true" : "false", click: () => context.choose(p.id) }, [p.says ? `“${p.says}”` : condition(p)]),
      el("span", { class: "promise-meta" }, [`${p.id} · ${p.who ?? "nobody named"} · ${condition(p)} by ${monthName(p.by)}`]),
      ...facts.map((f) => el("span", { class: "promise-fact" }, [`Known: ${quantity(f.value, p.unit)} on ${dayName(f.date)}`])),
    ]),
    el("div", { class: "promise-odds" }, [
      gauge(p.probability ?? 0, other?.probability ?? undefined),
      el("span", { class: "odds-text" }, [
        el("b", { "data-value": String(p.probability), "data-testid": `odds-${p.id}` }, [odds(p.probability)]),
        change ? el("span", { class: change > 0 ? "up" : "down" }, [` ${change > 0 ? "+" : "−"}${Math.abs(change)} points`]) : null,
      ]),
    ]),
    p.kind === "at_most" ? el("p", { class: "promise-lane muted" }, [`to hold until ${monthName(p.by)}`]) : promiseLane(p, facts, x, from, to, lane),
  ]);
}

function promiseLane(p: PromiseOdds, facts: readonly Fact[], x: Linear, from: number, to: number, lane: number): SVGSVGElement {
  const mid = 14;
  const at = (month: string): number => x(Math.max(from, Math.min(to, monthIndex(month))));
  const says = [
    p.planned_date ? `by plan ${monthShort(p.planned_date)}` : "never by plan",
    p.p10_date ? `10 % by ${monthShort(p.p10_date)}` : "",
    p.p50_date ? `50 % by ${monthShort(p.p50_date)}` : "",
    p.p90_date ? `90 % by ${monthShort(p.p90_date)}` : "",
    p.p50_date ? "" : "most scenarios not within what is simulated",
  ].filter(Boolean);
  const root = svg("svg", { class: "promise-lane", viewBox: `0 0 ${lane} 28`, width: lane, height: 28, role: "img", "aria-label": says.join(", ") });
  root.append(svg("title", {}, [says.join(", ")]));
  for (const tick of yearTicks(from, to, lane, 40)) root.append(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: 28 }));
  root.append(svg("line", { class: "due", x1: at(p.by), x2: at(p.by), y1: 2, y2: 26 }));
  const end = x(to);
  if (p.p10_date) {
    const last = p.p90_date ? at(p.p90_date) : end + 10;
    root.append(svg("rect", { class: "range", x: at(p.p10_date), y: mid - 4, width: Math.max(2, last - at(p.p10_date)), height: 8, rx: p.p90_date ? 4 : 0 }));
  }
  // Beyond what is simulated: an arrow in place of a date.
  if (!p.p90_date) root.append(svg("path", { class: "beyond", d: `M${end + 11} ${mid - 6}l8 6l-8 6z` }));
  if (p.planned_date) root.append(svg("path", { class: "open-mark", d: `M${at(p.planned_date)} ${mid - 6}l6 6l-6 6l-6-6z` }));
  if (p.p50_date) root.append(svg("circle", { class: "dot", cx: at(p.p50_date), cy: mid, r: 5.5 }));
  for (const fact of facts) root.append(svg("path", { class: "fact-mark", d: `M${at(fact.date)} ${mid - 6}l6 6l-6 6l-6-6z` }, [svg("title", {}, [`known on ${dayName(fact.date)}: ${count(fact.value)}`])]));
  return root;
}

export const promiseCharts: readonly Chart[] = [answer, all];
