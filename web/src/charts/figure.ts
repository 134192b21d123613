// The frame of a chart: title, a sentence that says what it shows, the drawing, and ways to take the numbers along. The frame
// stays while documents come and go; what is in it is made anew, and only where it can be seen.
import type { PromiseOdds, RunDocument } from "../data/document.ts";
import { el, styled } from "./dom.ts";
import { csv, saveText, tableElement, type Table } from "./table.ts";

/** What all charts of a page share. */
export interface Context {
  doc: RunDocument;
  compare: RunDocument | undefined;
  promise: PromiseOdds | undefined; // the one that is told in depth
  choose(id: string): void;
}

export interface Select {
  label: string;
  options: { value: string; label: string }[];
  value: string;
  change(value: string): void;
}

export interface LegendItem {
  label: string;
  mark: string; // class of the swatch
}

export interface Content {
  title?: string | undefined; // in place of the chart's own
  sentence: string;
  empty?: boolean; // there is nothing to draw, and the sentence says why
  legend?: LegendItem[];
  selects?: Select[];
  table?: () => Table;
  draw?: (host: HTMLElement, width: number) => void;
}

export interface Chart {
  id: string;
  title: string;
  wide?: boolean;
  content(context: Context, redraw: () => void): Content;
}

export interface Frame {
  element: HTMLElement;
  stale(): void; // the document changed
  show(on: boolean): void; // in sight, or no longer
  draw(all: boolean): void; // now, if it is stale; with its table when all is to be there
  resize(): void;
}

export function frame(chart: Chart, context: Context): Frame {
  const titleId = `title-${chart.id}`;
  const heading = el("h3", { id: titleId }, [chart.title]);
  const sentence = el("p", { class: "sentence" });
  const selects = el("div", { class: "selects" });
  const legend = el("ul", { class: "legend" });
  const drawing = el("div", { class: "drawing" });
  const scroll = el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Numbers: ${chart.title}` });
  const numbers = el("details", { class: "numbers", toggle: () => numbers.open && fillTable() }, [el("summary", {}, ["Numbers"]), scroll]);
  const tools = el("div", { class: "tools" }, [
    numbers,
    el("button", { type: "button", class: "quiet", "data-testid": `csv-${chart.id}`, click: save, "aria-label": `CSV: ${chart.title}` }, ["CSV"]),
    el("a", { class: "quiet", href: `#chart-${chart.id}`, "aria-label": `Link to: ${chart.title}` }, ["Link"]),
  ]);
  const element = el(
    "figure",
    { class: chart.wide ? "chart wide" : "chart", id: `chart-${chart.id}`, "data-testid": `chart-${chart.id}`, "aria-labelledby": titleId },
    [el("figcaption", {}, [heading, sentence, selects, legend]), drawing, tools],
  );

  let content: Content | undefined;
  let isStale = true;
  let inSight = false;
  let drawnWidth = 0;

  function save(): void {
    const table = current().table?.();
    if (table) saveText(`${chart.id}.csv`, "text/csv;charset=utf-8", csv(table));
  }

  function fillTable(): void {
    const table = current().table?.();
    if (table && !scroll.firstChild) scroll.replaceChildren(tableElement(table, chart.id, chart.title));
  }

  function current(): Content {
    content ??= chart.content(context, restart);
    return content;
  }

  // A choice within the chart was made: all of it anew, with the focus where it was.
  function restart(): void {
    const focused = [...selects.querySelectorAll("select")].findIndex((s) => s === document.activeElement);
    stale();
    draw(false);
    if (focused >= 0) selects.querySelectorAll("select")[focused]?.focus();
  }

  function stale(): void {
    content = undefined;
    isStale = true;
  }

  function draw(all: boolean): void {
    if (isStale) {
      isStale = false;
      const now = current();
      heading.textContent = now.title ?? chart.title;
      sentence.textContent = now.sentence;
      selects.replaceChildren(...(now.selects ?? []).map(selectElement));
      selects.hidden = !now.selects?.length;
      legend.replaceChildren(...(now.legend ?? []).map(legendElement));
      legend.hidden = !now.legend?.length || now.empty === true;
      element.classList.toggle("empty", now.empty === true);
      tools.hidden = now.empty === true || !now.table;
      scroll.replaceChildren();
      if (numbers.open) fillTable();
      paint();
    }
    if (all) fillTable();
  }

  function paint(): void {
    const now = current();
    drawnWidth = Math.floor(drawing.clientWidth);
    const focused = focusable(drawing).findIndex((e) => e === document.activeElement);
    drawing.replaceChildren();
    if (!now.draw || now.empty) return;
    // Drawings are made for letters of 16 pixels; where the page has larger ones, they are enlarged with them.
    const zoom = Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1);
    styled(drawing, { "--zoom": String(zoom) });
    now.draw(drawing, Math.max(240, Math.floor((drawnWidth || 640) / zoom)));
    if (zoom > 1) for (const root of drawing.querySelectorAll("svg")) styled(root, { width: `${root.viewBox.baseVal.width * zoom}px` });
    if (focused >= 0) focusable(drawing)[focused]?.focus({ preventScroll: true });
  }

  return {
    element,
    stale,
    draw,
    show: (on) => {
      inSight = on;
      if (on) draw(false);
    },
    resize: () => {
      if (Math.abs(Math.floor(drawing.clientWidth) - drawnWidth) < 2) return;
      if (inSight && !isStale) paint();
      else isStale = true;
    },
  };
}

// What the keyboard reaches within a drawing, in order: a drawing made anew keeps the focus where it was.
function focusable(drawing: HTMLElement): (HTMLElement | SVGElement)[] {
  return [...drawing.querySelectorAll<HTMLElement | SVGElement>("button, [tabindex]")];
}

function legendElement(item: LegendItem): HTMLElement {
  return el("li", {}, [el("span", { class: `swatch ${item.mark}`, "aria-hidden": "true" }), item.label]);
}

function selectElement(select: Select): HTMLElement {
  const options = select.options.map((o) => el("option", { value: o.value, selected: o.value === select.value }, [o.label]));
  const input = el("select", { change: () => select.change(input.value) }, options);
  return el("label", {}, [el("span", {}, [select.label]), input]);
}
