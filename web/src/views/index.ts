// All views of a run, in one column: head, contents, and eight sections. The report and the live page mount the same.
import type { PromiseOdds, RunDocument } from "../data/document.ts";
import { count, dayName } from "../data/format.ts";
import { tellingPromise } from "../data/derive.ts";
import { el } from "../charts/dom.ts";
import { frame, type Chart, type Context, type Frame } from "../charts/figure.ts";
import { themeSwitch } from "./theme.ts";
import { promiseCharts } from "./promises.ts";
import { capacityCharts } from "./capacity.ts";
import { scheduleCharts } from "./schedule.ts";
import { breaksCharts } from "./breaks.ts";
import { moneyCharts } from "./money.ts";
import { machineCharts } from "./machine.ts";
import { winnersCharts } from "./winners.ts";
import { beliefCharts } from "./belief.ts";

export interface ViewOptions {
  live: boolean;
  compare?: RunDocument;
  promise?: string; // id of the promise that is told in depth
  onPromise?: (id: string) => void;
}

export interface Views {
  update(doc: RunDocument, compare?: RunDocument, promise?: string): void; // promise: told in depth from now on
  destroy(): void;
}

const VIEWS: readonly { id: string; title: string; lead: string; charts: readonly Chart[] }[] = [
  { id: "promises", title: "Promises", lead: "What was said, and how likely it is.", charts: promiseCharts },
  { id: "capacity", title: "Capacity", lead: "Power and machines that stand, against what was announced.", charts: capacityCharts },
  { id: "schedule", title: "Schedule", lead: "Every building, with ends as uncertain as they are.", charts: scheduleCharts },
  { id: "breaks", title: "What breaks first", lead: "Where the delay comes from, and what it would help to remove it.", charts: breaksCharts },
  { id: "money", title: "Money", lead: "Who pays whom, what is spent, what is missing.", charts: moneyCharts },
  { id: "machine", title: "Machine", lead: "What the buildings do: energy, training, tokens, cost.", charts: machineCharts },
  { id: "winners", title: "Who wins, who loses", lead: "Value by party, discounted.", charts: winnersCharts },
  { id: "belief", title: "Why to believe it", lead: "Every assumption with its source, and how the model fared where the answer is known.", charts: beliefCharts },
];

export function mountViews(host: HTMLElement, doc: RunDocument, options: ViewOptions): Views {
  const find = (id: string | undefined): PromiseOdds | undefined => context.doc.promises.find((p) => p.id === id);
  const context: Context = {
    doc,
    compare: options.compare,
    promise: undefined,
    choose: (id) => {
      context.promise = find(id);
      options.onPromise?.(id);
      redrawAll();
    },
  };
  context.promise = find(options.promise) ?? tellingPromise(doc.promises);

  const frames: Frame[] = [];
  const head = el("header", { class: "head" });
  const sections = VIEWS.map((view) => {
    const own = view.charts.map((chart) => frame(chart, context));
    frames.push(...own);
    return el("section", { class: "view", id: view.id, "data-testid": `view-${view.id}`, "aria-labelledby": `head-${view.id}` }, [
      el("div", { class: "view-head" }, [el("h2", { id: `head-${view.id}` }, [view.title]), el("p", {}, [view.lead])]),
      el("div", { class: "figures" }, own.map((f) => f.element)),
    ]);
  });
  const links = VIEWS.map((view) => el("a", { href: `#${view.id}` }, [view.title]));
  const row = el("div", { class: "contents-row" }, links);
  const nav = el("nav", { class: "contents", "aria-label": "Views" }, [row]);
  const body = el(options.live ? "div" : "main", { class: "views", id: "views" }, sections);
  host.replaceChildren(...(options.live ? [] : [el("a", { class: "skip", href: "#views" }, ["To the views"])]), head, nav, body);

  function fillHead(): void {
    head.replaceChildren(...headOf(context.doc, options.live));
  }

  function redrawAll(): void {
    for (const f of frames) f.stale();
    for (const f of frames) if (visible.has(f.element)) f.draw(false);
  }

  // What is in sight, or nearly, is drawn; the rest when it comes near.
  const visible = new Set<Element>();
  const byElement = new Map<Element, Frame>(frames.map((f) => [f.element, f]));
  const sight = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) visible.add(entry.target);
        else visible.delete(entry.target);
        byElement.get(entry.target)?.show(entry.isIntersecting);
      }
    },
    { rootMargin: "600px 0px" },
  );
  const place = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        links.forEach((link) => {
          if (link.hash === `#${entry.target.id}`) {
            link.setAttribute("aria-current", "true");
            row.scrollLeft = link.offsetLeft - row.offsetLeft - 40; // where the row is longer than the screen
          } else link.removeAttribute("aria-current");
        });
      }
    },
    { rootMargin: "-30% 0px -65% 0px" },
  );
  let width = 0;
  const size = new ResizeObserver(() => {
    if (Math.abs(body.clientWidth - width) < 2) return;
    width = body.clientWidth;
    for (const f of frames) f.resize();
  });

  // Paper has no "when it comes near", and nothing to click.
  const opened: HTMLDetailsElement[] = [];
  function beforePrint(): void {
    for (const f of frames) f.draw(true);
    for (const details of body.querySelectorAll("details")) {
      if (details.open) continue;
      details.open = true;
      opened.push(details);
    }
  }
  function afterPrint(): void {
    for (const details of opened.splice(0)) details.open = false;
  }

  // The rest is drawn while nothing else is to do, and all of it before a jump within the page, so that its place does not move.
  let rest = 0;
  function drawNext(): void {
    frames[rest++]?.draw(false);
    if (rest < frames.length) whenIdle(drawNext);
  }
  function beforeJump(event: Event): void {
    if ((event.target as Element).closest?.('a[href^="#"]')) for (const f of frames) f.draw(false);
  }

  fillHead();
  frames[0]?.draw(false);
  whenIdle(drawNext);
  host.addEventListener("click", beforeJump, { capture: true });
  for (const f of frames) sight.observe(f.element);
  for (const s of sections) place.observe(s);
  size.observe(body);
  addEventListener("beforeprint", beforePrint);
  addEventListener("afterprint", afterPrint);
  // A link to a chart: those above it take their room first, so that it stays where it was scrolled to.
  if (!options.live && location.hash.length > 1) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && body.contains(target)) {
      for (const f of frames) f.draw(false);
      target.scrollIntoView();
    }
  }

  return {
    update: (next, compare, promise) => {
      const chosen = promise ?? context.promise?.id;
      context.doc = next;
      context.compare = compare;
      context.promise = find(chosen) ?? tellingPromise(next.promises);
      fillHead();
      redrawAll();
    },
    destroy: () => {
      rest = frames.length;
      host.removeEventListener("click", beforeJump, { capture: true });
      sight.disconnect();
      place.disconnect();
      size.disconnect();
      removeEventListener("beforeprint", beforePrint);
      removeEventListener("afterprint", afterPrint);
      host.replaceChildren();
    },
  };
}

function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === "function") requestIdleCallback(work, { timeout: 2000 });
  else setTimeout(work, 50);
}

function headOf(doc: RunDocument, live: boolean): HTMLElement[] {
  const facts: [string, string][] = [
    ["As known on", dayName(doc.as_of)],
    ["Scenarios", doc.cancelled ? `${count(doc.scenarios)} of ${count(doc.scenarios_wanted ?? doc.scenarios)} (stopped)` : count(doc.scenarios)],
    ["Seed", String(doc.seed)],
  ];
  if (doc.horizon) facts.splice(1, 0, ["Simulated", `${doc.horizon.from.slice(0, 4)}–${doc.horizon.to.slice(0, 4)}, month by month`]);
  const changed = doc.command?.set ?? [];
  if (changed.length) facts.push(["Changed", changed.map((s) => `${s.path} = ${s.value}`).join("; ")]);
  return [
    el("div", { class: "head-text" }, [
      el("p", { class: "kicker" }, ["What will really happen"]),
      el(live ? "h2" : "h1", {}, [doc.programme]),
      el("dl", { class: "head-facts" }, facts.map(([name, value]) => el("div", {}, [el("dt", {}, [name]), el("dd", {}, [value])]))),
    ]),
    el("div", { class: "head-tools" }, live ? [] : [themeSwitch(), el("button", { type: "button", class: "quiet", click: () => print() }, ["Print"])]),
  ];
}
