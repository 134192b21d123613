// Why to believe it: assumptions by influence on a promise, validation, and what repeats the run.
import type { DocumentInput, PromiseOdds, RunDocument, Score } from "../data/document.ts";
import { count, digits, percent, quantity } from "../data/format.ts";
import { el, styled } from "../charts/dom.ts";
import type { Chart } from "../charts/figure.ts";
import { byDate } from "./promises.ts";
import { condition } from "./sentences.ts";

const FEW = 12;

/** Influence on a promise, or (null) the greatest on any. */
export function influenceOn(input: DocumentInput, promise: string | null): number {
  const all = input.influence ?? {};
  return promise === null ? Math.max(0, ...Object.values(all)) : (all[promise] ?? 0);
}

/** Inputs by falling influence; those without any: uncertain before certain, stated before default, by path. */
export function byInfluence(inputs: readonly DocumentInput[], promise: string | null): DocumentInput[] {
  const certain = (i: DocumentInput): number => Number(i.distribution === null || i.distribution === "constant");
  return [...inputs].sort(
    (a, b) => influenceOn(b, promise) - influenceOn(a, promise) || certain(a) - certain(b) || Number(b.given) - Number(a.given) || a.path.localeCompare(b.path),
  );
}

/** A list of inputs, also from a document without them: then those that the promise names. */
export function inputsOf(doc: RunDocument, promise: PromiseOdds | undefined): DocumentInput[] {
  if (doc.inputs) return doc.inputs;
  return (promise?.influence ?? []).map((i) => ({
    path: i.input, text: null, unit: "", plan: null, p5: null, p50: null, p95: null, distribution: null, source: i.source, as_of: null, given: true, influence: { [promise!.id]: i.share },
  }));
}

function assumptions(): Chart {
  let all = false;
  return {
    id: "inputs",
    title: "Assumptions, by influence",
    wide: true,
    content({ doc, promise, choose }, redraw) {
      const id = promise?.id ?? "";
      const inputs = inputsOf(doc, promise);
      const moved = inputs.some((i) => influenceOn(i, id) > 0);
      const by = moved ? id : null;
      const list = byInfluence(inputs, by);
      if (!list.length) return { sentence: "This run was written without its inputs.", empty: true };
      const assumed = list.filter((i) => i.source?.startsWith("assumption")).length;
      const named = list.filter((i) => i.source && !i.source.startsWith("assumption")).length;
      const first = list[0]!;
      const told = promise ? `“${promise.says ?? condition(promise)}”` : "";
      return {
        sentence:
          `${count(list.length)} inputs: ${count(named)} with a source, ${count(assumed)} assumptions that docs/assumptions.md explains, ${count(list.length - named - assumed)} stated by the file alone. ` +
          (moved
            ? `What moves ${told} most is ${first.path}: ${percent(influenceOn(first, by))} of the variance.`
            : promise
              ? `None moves ${told} measurably, whose odds are too close to 0 or 1: ordered by the greatest influence on any promise.`
              : "Ordered by the greatest influence on any promise."),
        selects: doc.promises.length
          ? [{ label: "Influence on", value: id, options: byDate(doc.promises).map((p) => ({ value: p.id, label: `${p.id} · ${p.says ?? condition(p)}` })), change: choose }]
          : [],
        table: () => ({
          wide: true,
          columns: ["path", "text", "unit", "plan", "p5", "p50", "p95", "distribution", "stated by the file", "source", "as of", ...doc.promises.map((p) => `influence on ${p.id}`)],
          rows: list.map((i) => [i.path, i.text, i.unit, i.plan, i.p5, i.p50, i.p95, i.distribution, i.given ? "yes" : "no", i.source, i.as_of, ...doc.promises.map((p) => i.influence?.[p.id] ?? null)]),
        }),
        draw: (host) => {
          const most = Math.max(...list.map((i) => influenceOn(i, by)), 1e-9);
          host.append(el("ul", { class: "inputs" }, list.slice(0, all ? list.length : FEW).map((i) => inputRow(i, influenceOn(i, by), most))));
          if (list.length > FEW)
            host.append(el("button", { type: "button", class: "quiet more", click: () => ((all = !all), redraw()) }, [all ? `Only the first ${FEW}` : `All ${count(list.length)}`]));
        },
      };
    },
  };
}

function shown(value: number | string | null, unit: string, most: number): string {
  if (typeof value !== "number") return value ?? "–";
  const share = unit.startsWith("frac") && most <= 1;
  return quantity(value, share ? unit.replace("frac", "percent") : unit.replace("frac", "x"));
}

/** "90 days (5–95 %: 60 to 180 days)" */
export function valueText(input: DocumentInput): string {
  const unit = input.unit ?? "";
  if (input.p5 === null || input.p95 === null) return input.text ?? shown(input.plan, unit, Number(input.plan));
  const most = Number(input.p95);
  return `${shown(input.p50, unit, most)} (5–95 %: ${shown(input.p5, unit, most)} to ${shown(input.p95, unit, most)})`;
}

function inputRow(input: DocumentInput, influence: number, most: number): HTMLElement {
  const kind = !input.source ? "no source" : input.source.startsWith("assumption") ? "assumption" : "source";
  const fill = styled(el("span", { class: "bar-fill tone-1" }), { width: `${(influence / most) * 100}%` });
  return el("li", {}, [
    el("span", { class: "input-what" }, [
      el("code", {}, [input.path]),
      el("span", { class: "input-value" }, [`${valueText(input)}${input.distribution ? `, ${input.distribution}` : ""}`]),
    ]),
    el("span", { class: "input-influence" }, [
      el("span", { class: "bar-track", "aria-hidden": "true" }, [influence > 0 ? fill : null]),
      el("b", { "data-value": String(influence) }, [influence > 0 ? percent(influence, influence < 0.1 ? 1 : 0) : "–"]),
    ]),
    el("span", { class: "input-source" }, [
      el("span", { class: kind === "source" ? "tag" : "tag assumed" }, [kind]),
      ` ${(input.source ?? "").replace(/^assumption, see /, "")}${input.as_of ? ` · ${input.as_of}` : ""}`,
    ]),
  ]);
}

// ---- Validation ---------------------------------------------------------------------------------------------------------

const validation: Chart = {
  id: "validation",
  title: "Where the answer is known",
  wide: true,
  content({ doc }) {
    const list = doc.validation ?? [];
    if (!list.length) return { sentence: "This run was written without validation scores. `stargate validate` computes them.", empty: true };
    const met = list.filter((s) => s.met === true).length;
    const missed = list.filter((s) => s.met === false);
    return {
      sentence: `The model was held against published cases and other models: ${met} of ${list.filter((s) => s.met !== null).length} scores with a bar meet it${missed.length ? `; not met: ${missed.map((s) => s.what).join(", ")}` : ""}.`,
      table: () => ({ columns: ["domain", "what", "figure", "unit", "bar", "met", "command"], rows: list.map((s) => [s.domain, s.what, s.figure, s.unit, s.bar, s.met === null ? null : s.met ? "yes" : "no", s.command]), coarse: () => true }),
      draw: (host) => {
        const domains = [...new Set(list.map((s) => s.domain))];
        host.append(el("div", { class: "domains" }, domains.map((domain) => scoresOf(domain, list.filter((s) => s.domain === domain)))));
      },
    };
  },
};

function scoresOf(domain: string, list: readonly Score[]): HTMLElement {
  const commands = [...new Set(list.map((s) => s.command).filter((c): c is string => c !== null))];
  const rows = list.map((s) => {
    const verdict = s.met === null ? "no bar" : s.met ? "met" : "not met";
    return el("li", {}, [
      el("span", { class: s.met === false ? "verdict missed" : "verdict", title: verdict }, [s.met === null ? "·" : s.met ? "✓" : "✗", el("span", { class: "unseen" }, [verdict])]),
      el("span", {}, [s.what]),
      el("span", { class: "score-figure" }, [el("b", { "data-value": String(s.figure) }, [figure(s.figure, s.unit)]), s.bar === null ? null : el("span", {}, [barText(String(s.bar), s.unit)])]),
    ]);
  });
  return el("div", {}, [el("h4", {}, [domain]), ...commands.map((c) => el("code", { class: "muted" }, [c])), el("ul", { class: "scores" }, rows)]);
}

function figure(value: number | string, unit: string | null): string {
  if (typeof value === "string") return value;
  if (unit !== "frac") return `${digits(value)}${unit ? ` ${unit}` : ""}`;
  return value > 0 && value < 1e-5 ? "below 0.001 %" : `${digits(value * 100)} %`;
}

/** "<= 0.1" of a share -> "at most 10 %". */
export function barText(bar: string, unit: string | null): string {
  const words = bar.replace(/\d+(\.\d+)?/g, (n) => figure(Number(n), unit));
  return words.replace("<=", "at most").replace(">=", "at least");
}

// ---- To repeat it -------------------------------------------------------------------------------------------------------

/** The command line that gives the same document. */
export function commandLine(doc: RunDocument): string {
  const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
  const words = ["stargate", "run", doc.command?.file ?? "FILE", "--scenarios", String(doc.command?.scenarios ?? doc.scenarios), "--seed", String(doc.seed)];
  for (const s of doc.command?.set ?? []) words.push("--set", `${s.path}=${s.value}`);
  return words.map(quote).join(" ");
}

const repeat: Chart = {
  id: "repeat",
  title: "To repeat it",
  wide: true,
  content({ doc }) {
    const line = commandLine(doc);
    const held = doc.facts?.held ?? 0;
    return {
      sentence: `The same file, seed and version give the same numbers, to the last digit, on any number of threads. Nothing in it is known later than ${doc.as_of}; ${held} dated ${held === 1 ? "fact was" : "facts were"} held.`,
      table: () => ({
        columns: ["what", "value"],
        rows: [["command", line], ["version", doc.version], ["seed", String(doc.seed)], ["scenarios", doc.scenarios], ["as of", doc.as_of], ["facts held", held], ["scenarios redrawn", doc.facts?.redrawn ?? null], ["facts unmatched", doc.facts?.unmatched ?? null]],
        coarse: () => true,
      }),
      draw: (host) => {
        const button = el("button", { type: "button", class: "quiet", click: () => void copy() }, ["Copy"]);
        async function copy(): Promise<void> {
          try {
            await navigator.clipboard.writeText(line);
            button.textContent = "Copied";
          } catch {
            getSelection()?.selectAllChildren(code); // a page from a file may not write there: it is marked instead
          }
        }
        const code = el("code", { class: "command" }, [line]);
        host.append(
          el("div", { class: "repeat" }, [code, button]),
          el("dl", { class: "repeat-facts" }, [["Version", doc.version], ["Seed", String(doc.seed)], ["Scenarios", count(doc.scenarios)], ["As of", doc.as_of]].flatMap(([k, v]) => [el("dt", {}, [k!]), el("dd", {}, [v!])])),
        );
      },
    };
  },
};

export const beliefCharts: readonly Chart[] = [assumptions(), validation, repeat];
