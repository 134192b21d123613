// The parts that drawings over time share: plot area, axes, and the reading under the pointer or the arrow keys.
import { monthName, monthOfIndex } from "../data/format.ts";
import { el, styled, svg } from "./dom.ts";
import { linear, yearTicks, type Linear } from "./scale.ts";

export interface Area {
  root: SVGSVGElement;
  x: Linear; // month index -> pixel
  y: Linear;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface AreaOptions {
  width: number;
  height: number;
  from: number; // month indices
  to: number;
  low: number;
  high: number;
  yTicks: { at: number; label: string }[];
  yLabel: string;
  label: string; // for who cannot see it
}

export function timeArea(options: AreaOptions): Area {
  const { width, height, from, to } = options;
  const longest = Math.max(2, ...options.yTicks.map((t) => t.label.length));
  const left = 12 + longest * 7;
  const right = width - 14;
  const top = 24;
  const bottom = height - 24;
  const root = svg("svg", {
    class: "plot",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": options.label,
  });
  const x = linear(from, to, left, right);
  const y = linear(options.low, options.high, bottom, top);
  root.append(svg("text", { class: "axis-title", x: 0, y: 11 }, [options.yLabel]));
  for (const tick of options.yTicks) {
    const at = y(tick.at);
    root.append(svg("line", { class: tick.at === options.low ? "base" : "grid", x1: left, x2: right, y1: at, y2: at }));
    root.append(svg("text", { class: "tick end", x: left - 7, y: at + 4 }, [tick.label]));
  }
  for (const at of yearTicks(from, to, right - left)) {
    root.append(svg("line", { class: "grid", x1: x(at), x2: x(at), y1: bottom, y2: bottom + 5 }));
    root.append(svg("text", { class: "tick middle", x: Math.min(x(at), right - 10), y: bottom + 18 }, [String(at / 12)]));
  }
  return { root, x, y, left, right, top, bottom };
}

/** A path through the points; gaps where a value is missing. */
export function line(xs: readonly number[], values: readonly (number | null)[], x: Linear, y: Linear): string {
  let path = "";
  let pen = false;
  values.forEach((value, i) => {
    if (value === null) {
      pen = false;
      return;
    }
    path += `${pen ? "L" : "M"}${x(xs[i]!).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = true;
  });
  return path;
}

/** The area between two rows, straight from month to month: what is drawn is what was computed. */
export function band(xs: readonly number[], low: readonly (number | null)[], high: readonly (number | null)[], x: Linear, y: Linear): string {
  const at = xs.map((_, i) => i).filter((i) => low[i] !== null && high[i] !== null && low[i] !== undefined);
  if (at.length < 2) return "";
  const up = at.map((i) => `${x(xs[i]!).toFixed(1)} ${y(high[i]!).toFixed(1)}`);
  const down = at.reverse().map((i) => `${x(xs[i]!).toFixed(1)} ${y(low[i]!).toFixed(1)}`);
  return `M${up.join("L")}L${down.join("L")}Z`;
}

export interface Reading {
  label: string;
  value: string;
  mark?: string;
}

/** Shows the readings of a month while the pointer or the arrow keys point at it. */
export function reader(host: HTMLElement, area: Area, months: readonly number[], read: (i: number) => Reading[], title?: (i: number) => string): void {
  const rule = svg("line", { class: "rule", y1: area.top, y2: area.bottom, visibility: "hidden" });
  area.root.append(rule);
  const box = el("div", { class: "reading", hidden: true });
  const wrap = el("div", { class: "plot-wrap" }, [area.root, box]);
  host.append(wrap);
  let at = -1;

  function show(i: number): void {
    at = Math.max(0, Math.min(months.length - 1, i));
    const month = months[at];
    if (month === undefined) return;
    const px = area.x(month);
    rule.setAttribute("x1", String(px));
    rule.setAttribute("x2", String(px));
    rule.setAttribute("visibility", "visible");
    box.hidden = false;
    box.replaceChildren(
      el("strong", {}, [title ? title(at) : monthName(monthOfIndex(month))]),
      ...read(at).map((r) =>
        el("span", { class: "reading-row" }, [el("span", { class: `swatch ${r.mark ?? ""}` }), el("span", {}, [r.label]), el("b", {}, [r.value])]),
      ),
    );
    const share = (area.root.clientWidth || 1) / (area.root.viewBox.baseVal.width || 1);
    const room = wrap.clientWidth - box.offsetWidth - 4;
    const beside = px * share + 14;
    styled(box, { left: `${Math.max(0, beside > room ? px * share - box.offsetWidth - 14 : beside)}px`, top: `${area.top}px` });
  }
  function hide(): void {
    at = -1;
    box.hidden = true;
    rule.setAttribute("visibility", "hidden");
  }
  function nearest(event: PointerEvent): number {
    const bounds = area.root.getBoundingClientRect();
    const px = ((event.clientX - bounds.left) / (bounds.width || 1)) * (area.root.viewBox.baseVal.width || 1);
    let best = 0;
    months.forEach((m, i) => {
      if (Math.abs(area.x(m) - px) < Math.abs(area.x(months[best]!) - px)) best = i;
    });
    return best;
  }
  area.root.setAttribute("tabindex", "0");
  area.root.addEventListener("pointermove", (event) => show(nearest(event)));
  area.root.addEventListener("pointerleave", hide);
  area.root.addEventListener("blur", hide);
  area.root.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 12, PageUp: -12 }[event.key];
    if (event.key === "Escape") hide();
    if (step === undefined) return;
    event.preventDefault();
    show(at < 0 ? 0 : at + step);
  });
}
