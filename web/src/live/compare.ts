// Variant A beside the present one: what moved, the largest first.
import { el } from "../charts/dom.ts";
import { count, odds, quantity } from "../data/format.ts";
import { movedMoney, movedPromises } from "./moved.ts";
import type { Session } from "./session.ts";

const percent = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

function points(delta: number): string {
  if (delta === 0) return "0";
  return `${delta > 0 ? "+" : "−"}${percent.format(Math.abs(delta) * 100)}`;
}

export function mountCompare(host: HTMLElement, session: Session): void {
  const draw = (): void => {
    const { kept, doc } = session;
    host.hidden = kept === null || doc === null;
    if (kept === null || doc === null) return host.replaceChildren();
    const all = movedPromises(kept.doc, doc);
    const promises = all.filter((p) => p.delta !== 0 || p.dateA !== p.dateB);
    const sums = movedMoney(kept.doc, doc, 6);
    const even = kept.doc.scenarios === doc.scenarios && String(kept.doc.seed) === String(doc.seed);
    const parts = [
      el("header", { class: "line" }, [
        el("h2", { id: "moved" }, ["What moved from A to B"]),
        el("button", { type: "button", class: "quiet", "data-testid": "back-to-a", click: () => session.restore(kept.variant) }, ["Back to A"]),
        el("button", { type: "button", class: "quiet", "data-testid": "uncompare", click: () => session.unkeep() }, ["Stop comparing"]),
      ]),
      el("p", { class: "note" }, [
        `A: ${changes(kept.variant.set)}, ${count(kept.doc.scenarios)} scenarios. B: ${changes(session.variant.set)}, ${count(doc.scenarios)} scenarios. `,
        even ? "Same seed and scenarios: the same draws in both, so that what moved follows from the inputs." : "Seeds or numbers of scenarios differ, so that a part of what moved is chance.",
      ]),
      el("p", { class: "note", "data-testid": "unmoved" }, [promises.length === 0 ? "No promise moved." : `${promises.length} of ${all.length} promises moved.`]),
      promises.length === 0 ? null : table("moved-promises", ["Promise", "A", "B", "Points", "Median A", "Median B"], promises.map((p) => [`${p.id} ${p.says}`, odds(p.a), odds(p.b), points(p.delta), p.dateA ?? "later", p.dateB ?? "later"]), promises.map((p) => Math.sign(p.delta))),
      sums.length > 0
        ? table("moved-money", ["Mean, over the horizon or at its end", "A", "B", "Moved"], sums.map((m) => [m.what, quantity(m.a, "USD"), quantity(m.b, "USD"), `${m.delta > 0 ? "+" : ""}${quantity(m.delta, "USD")}`]), sums.map((m) => Math.sign(m.delta)))
        : el("p", { class: "note" }, ["No sum moved."]),
    ];
    host.replaceChildren(...parts.filter((part) => part !== null));
  };
  for (const topic of ["kept", "doc"] as const) session.on(topic, draw);
  draw();
}

function changes(set: { path: string; value: string }[]): string {
  return set.length === 0 ? "the file" : set.map((s) => `${s.path} = ${s.value}`).join(", ");
}

function table(id: string, heads: string[], rows: string[][], signs: number[]): HTMLElement {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads[0] }, [
    el("table", { class: "moved", "data-testid": id }, [
      el("thead", {}, [el("tr", {}, heads.map((h) => el("th", { scope: "col" }, [h])))]),
      el("tbody", {}, rows.map((cells, r) =>
        el("tr", { "data-moved": signs[r] }, cells.map((c, i) => (i === 0 ? el("th", { scope: "row" }, [c]) : el("td", {}, [c])))),
      )),
    ]),
  ]);
}
