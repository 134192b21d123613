// The line that says what goes on, and the buttons: run, cancel, keep, save, link, help.
import { el } from "../charts/dom.ts";
import { count, odds } from "../data/format.ts";
import { themeSwitch } from "../views/theme.ts";
import { address, save, type SaveKind } from "./api.ts";
import { encode } from "./link.ts";
import type { Session } from "./session.ts";

export interface Bar {
  run(): void;
  keep(): void;
  copyLink(): Promise<void>;
  openSave(): void;
}

export function mountBar(host: HTMLElement, session: Session, showHelp: () => void): Bar {
  const text = el("span", { class: "says", "data-testid": "state" });
  const hint = el("span", { class: "hint" });
  const spoken = el("span", { class: "unseen", role: "status", "aria-live": "polite", "data-testid": "announce" });
  const meter = el("progress", { max: 1, value: 0, "aria-label": "Scenarios simulated", "data-testid": "progress" });
  const button = (label: string, id: string, click: () => void, title: string): HTMLButtonElement => el("button", { type: "button", "data-testid": id, title, click }, [label]);
  const copyLink = async (): Promise<void> => {
    const fragment = await encode(session.variant);
    const link = `${location.origin}${location.pathname}${location.search}#${fragment}`;
    history.replaceState(null, "", `#${fragment}`);
    await navigator.clipboard?.writeText(link).then(() => say("Link copied"), () => say("The link stands in the address bar"));
  };
  const say = (words: string): void => {
    spoken.textContent = words;
    hint.textContent = words;
  };
  const run = button("Run", "run", () => session.run(), "Run again (R)");
  const cancel = button("Cancel", "cancel", () => session.cancel(), "Stop the run (Escape)");
  const keep = button("Keep as A", "compare", () => session.keep(), "Compare what follows with what is shown now (A)");
  const menu = saveMenu(session, say);
  host.append(
    el("div", { class: "state" }, [el("div", { class: "words" }, [text, hint]), meter, spoken]),
    el("div", { class: "actions" }, [
      run, cancel, keep, menu,
      button("Copy link", "copy-link", () => void copyLink(), "A link that restores this variant (C)"),
      themeSwitch(),
      button("?", "help", showHelp, "Keys (?)"),
    ]),
  );

  const draw = (): void => {
    const { state } = session;
    const running = state.phase === "running";
    host.dataset["phase"] = state.phase;
    cancel.hidden = !running;
    run.hidden = running;
    run.textContent = state.phase === "failed" && state.error.status === 0 ? "Retry" : "Run";
    run.disabled = state.phase === "loading" || state.phase === "empty";
    keep.disabled = session.doc === null;
    meter.hidden = !running;
    if (running) meter.value = state.done / Math.max(1, state.total);
    const [words, more] = describe(session);
    text.textContent = words;
    hint.textContent = more;
    if (state.phase !== "running" && state.phase !== "loading") spoken.textContent = `${words} ${result(session)}`;
  };
  // How many runs have ended, for whoever waits for the next: a quick one may begin and end between two looks.
  let ends = 0;
  session.on("run", () => {
    draw();
    if (session.state.phase !== "running") host.dataset["ends"] = String(++ends);
  });
  session.on("doc", draw);
  draw();
  const summary = menu.querySelector("summary");
  return { run: () => session.run(), keep: () => session.keep(), copyLink, openSave: () => summary?.click() };
}

function result(session: Session): string {
  const promise = session.doc?.promises.find((p) => p.id === session.promise);
  return promise && session.state.phase === "done" ? `${promise.says ?? promise.id}: ${odds(promise.probability)}.` : "";
}

// The state in words, and what to do about it or how fast it was.
function describe(session: Session): [string, string] {
  const { state } = session;
  const first = (ms: number | null): string => (ms === null ? "" : `first answer in ${Math.round(ms)} ms`);
  switch (state.phase) {
    case "loading":
      return ["Loading the programme …", ""];
    case "empty":
      return ["No programme is open.", "Open a file, or write one under YAML."];
    case "running":
      return [`Running ${count(state.done)} of ${count(state.total)}`, first(state.firstMs)];
    case "done":
      return [`${count(state.total)} scenarios in ${state.seconds.toFixed(1)} s`, first(state.firstMs)];
    case "cancelled":
      return [`Cancelled at ${count(state.done)} of ${count(state.total)}`, session.doc ? `shown: ${count(session.doc.scenarios)} scenarios` : ""];
    case "failed":
      return [state.error.message, [state.error.hint, session.doc ? "shown is the last answer" : ""].filter((s) => s !== "").join("; ")];
  }
}

const kinds: { kind: SaveKind; label: string; file: string }[] = [
  { kind: "report", label: "Report (HTML)", file: "report.html" },
  { kind: "workbook", label: "Workbook (XLSX)", file: "workbook.xlsx" },
  { kind: "journal", label: "Journal (hledger)", file: "journal.journal" },
  { kind: "json", label: "Numbers (JSON)", file: "run.json" },
  { kind: "programme", label: "Programme (YAML)", file: "programme.yaml" },
];

function saveMenu(session: Session, say: (words: string) => void): HTMLElement {
  const list = el("ul", {});
  const menu = el("details", { class: "menu" }, [el("summary", { role: "button", "data-testid": "save", title: "Save (S)" }, ["Save"]), list]);
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null) && event.relatedTarget !== null) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  const draw = (): void => {
    const id = session.runId;
    if (id === null) return list.replaceChildren(el("li", { class: "note" }, ["There is something to save when a run is done."]));
    list.replaceChildren(
      ...kinds.map(({ kind, label, file }) =>
        el("li", {}, [
          el("a", { href: address(`/api/runs/${id}/${file}`), download: file, "data-testid": `save-${kind}` }, [label]),
          session.programme.out
            ? el("button", { type: "button", class: "quiet", "data-testid": `folder-${kind}`, "aria-label": `${label} into the folder`, click: () => void save(kind, id, file).then((saved) => say(`Saved ${saved.file}`), (e: Error) => say(e.message)) }, ["to folder"])
            : null,
        ]),
      ),
    );
  };
  session.on("run", draw);
  draw();
  return menu;
}
