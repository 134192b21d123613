// Sliders for the inputs that matter most to the chosen promise.
import { el, styled } from "../charts/dom.ts";
import type { DocumentInput, RunDocument } from "../data/document.ts";
import { control } from "./field.ts";
import { fromStop, isBare, lastStop, numberOf, rangeOf, read, toStop, write } from "./quantity.ts";
import type { Session } from "./session.ts";

const most = 10;

interface Ranked {
  path: string;
  share: number;
  input: DocumentInput;
}

// Inputs by influence on the promise, then by influence on the others, under paths that the file can set; copies of a row
// count together.
function ranked(session: Session): Ranked[] {
  const own = new Map<string, number>(), any = new Map<string, number>();
  const add = (to: Map<string, number>, path: string, share: number): void => void to.set(path, (to.get(path) ?? 0) + share);
  for (const input of session.ranks?.inputs ?? []) {
    const path = session.settable(input.path);
    for (const [promise, share] of Object.entries(input.influence)) {
      add(any, path, share);
      if (promise === session.promise) add(own, path, share);
    }
  }
  const list: Ranked[] = [];
  const seen = new Set<string>();
  for (const input of session.inputs) {
    const path = session.settable(input.path);
    if (seen.has(path) || !slides(input) || (!input.given && !any.has(path))) continue;
    seen.add(path);
    list.push({ path, share: own.get(path) ?? 0, input });
  }
  const rest = (r: Ranked): number => any.get(r.path) ?? 0;
  return list.sort((a, b) => b.share - a.share || rest(b) - rest(a) || spread(b.input) - spread(a.input));
}

function slides(input: DocumentInput): boolean {
  return numberOf(input.plan) !== null && input.text !== null && !/^(as_of|start|horizon|promises\.|facts\.)/.test(input.path);
}

function spread(input: DocumentInput): number {
  const low = numberOf(input.p5), high = numberOf(input.p95);
  return low === null || high === null ? 0 : (high - low) / (Math.abs(high) + Math.abs(low) || 1);
}

export function mountDials(host: HTMLElement, session: Session): void {
  const chooser = el("select", { id: "promise", "data-testid": "promise", change: () => session.choose(chooser.value) });
  const list = el("ol", { class: "dials" });
  const note = el("p", { class: "note" }, ["The inputs that move this promise most, by their share of its variance. A slider fixes an input at one value; write a range beside it, such as 2026-01 to 2027-06, to leave it uncertain."]);
  host.append(el("div", { class: "line" }, [el("label", { for: "promise" }, ["Promise"]), chooser]), note, list);

  let shown: { path: string; refresh(): void }[] = [];
  let rankedFor = "", rankedBy: RunDocument | null = null;
  const draw = (): void => {
    const all = ranked(session);
    const overridden = new Set(session.variant.set.map((s) => s.path));
    const chosen = all.filter((r, i) => i < most || overridden.has(r.path));
    shown = chosen.map((r) => dial(session, r));
    list.replaceChildren(...shown.map((s) => (s as ReturnType<typeof dial>).item));
    note.hidden = chosen.length === 0;
    if (chosen.length === 0) list.append(el("li", { class: "note" }, ["Sliders appear with the first answer."]));
  };
  const refresh = (): void => shown.forEach((s) => s.refresh());
  const options = (): void => {
    const promises = session.doc?.promises ?? [];
    const texts = promises.map((p) => `${p.id}  ${p.says ?? ""}`).join("\n");
    if (chooser.dataset["texts"] !== texts) {
      chooser.dataset["texts"] = texts;
      chooser.replaceChildren(...promises.map((p) => el("option", { value: p.id }, [`${p.id}: ${p.says ?? p.metric}`])));
    }
    if (session.promise !== null) chooser.value = session.promise;
  };
  // Sliders keep their places while one is dragged: a new order comes with another promise, another file, or better
  // knowledge of what matters in the file as it is.
  const maybeDraw = (): void => {
    options();
    const key = `${session.promise} ${session.variant.yaml.length} ${session.inputs.length}`;
    const better = session.ranks !== rankedBy && (rankedBy === null || session.variant.set.length === 0);
    if ((key === rankedFor && !better) || list.contains(document.activeElement)) return refresh();
    rankedFor = key;
    rankedBy = session.ranks;
    draw();
  };
  for (const topic of ["doc", "inputs", "promise", "run"] as const) session.on(topic, maybeDraw);
  session.on("diagnostics", refresh);
  session.on("variant", refresh);
  maybeDraw();
}

function dial(session: Session, { path, share, input }: Ranked): { item: HTMLElement; path: string; refresh(): void } {
  const plan = numberOf(input.plan)!;
  const p5 = numberOf(input.p5) ?? plan, p95 = numberOf(input.p95) ?? plan;
  const range = rangeOf(input.unit, plan, p5, p95);
  const id = `dial-${path.replace(/[^\w-]/g, "-")}`;
  const parts = path.split(".");
  const name = (parts.pop() ?? path).replaceAll("_", " ");
  const where = parts.join(" · ");
  const label = `${name}, ${where}`;

  const slider = el("input", { type: "range", min: 0, max: lastStop, step: 1, "data-testid": `slider-${path}`, "aria-label": label });
  slider.addEventListener("input", () => session.setValue(path, write(fromStop(range, Number(slider.value), input.unit), input.unit)));
  const inFile = input.text !== null && !isBare(input.text) ? input.text : "";
  const band = p95 > p5 ? `${write(p5, input.unit)} to ${write(p95, input.unit)}` : write(plan, input.unit);
  const text = control(session, { path, id, label, written: inFile, fallback: band, choices: null });
  const refresh = (): void => {
    const override = session.override(path);
    const words = override ?? (inFile || band);
    // A range typed in words has no place on the slider, which stays where it was and says the words.
    const value = override === null ? plan : read(override, input.unit);
    if (value !== null && document.activeElement !== slider) slider.value = String(toStop(range, value));
    slider.setAttribute("aria-valuetext", words);
    track.title = words;
    item.classList.toggle("changed", override !== null);
    text.refresh();
  };
  const field = session.schema.at(path);
  const track = styled(el("span", { class: "track" }, [slider]), {
    "--from": `${toStop(range, p5) / (lastStop / 100)}%`,
    "--to": `${toStop(range, p95) / (lastStop / 100)}%`,
  });
  const item = el("li", { class: "dial" }, [
    el("div", { class: "name" }, [
      el("label", { for: id }, [name]),
      el("span", { class: "where" }, [where]),
      share >= 0.01 ? el("span", { class: "share", title: "Share of the promise's variance that this input explains" }, [`${Math.round(share * 100)} %`]) : null,
    ]),
    el("div", { class: "set" }, [track, text.box]),
    el("details", { class: "origin" }, [
      el("summary", {}, [field?.help || "Where it comes from"]),
      el("dl", {}, [
        el("dt", {}, [input.given ? "In the file" : "In the catalogue"]), el("dd", {}, [input.text ?? "not stated"]),
        el("dt", {}, ["Plan"]), el("dd", {}, [write(plan, input.unit)]),
        ...(p95 > p5 ? [el("dt", {}, ["90 % band"]), el("dd", {}, [`${band}${input.distribution ? `, ${input.distribution}` : ""}`])] : []),
        el("dt", {}, ["Source"]), el("dd", {}, [`${input.source ?? "none given"}${input.as_of ? ` (${input.as_of})` : ""}`]),
      ]),
    ]),
  ]);
  refresh();
  return { item, path, refresh };
}
