// The page of `stargate serve`: inputs on the left, views on the right; on a phone one or the other.
import "../live.css";
import { el } from "../charts/dom.ts";
import { mountViews } from "../views/index.ts";
import { ApiError, getProgramme, getSchema } from "./api.ts";
import { mountBar } from "./bar.ts";
import { mountChips } from "./chips.ts";
import { mountCompare } from "./compare.ts";
import { mountDials } from "./dials.ts";
import { mountEditor } from "./editor.ts";
import { mountForm } from "./form.ts";
import { mountKeys } from "./keys.ts";
import { decode, type Variant } from "./link.ts";
import { Schema } from "./schema.ts";
import { memoryKey, Session } from "./session.ts";
import { mountTabs } from "./tabs.ts";

const narrow = matchMedia("(max-width: 59.99rem)");

export function startLive(host: HTMLElement): void {
  host.classList.add("live");
  document.documentElement.classList.add("live-page");
  host.replaceChildren(el("main", { class: "wait", role: "status" }, [el("p", {}, ["Loading the programme …"])]));
  void load()
    .then((session) => build(host, session))
    .catch((cause: unknown) => {
      const error = cause instanceof ApiError ? cause : new ApiError(0, String(cause), "");
      host.replaceChildren(
        el("main", { class: "wait", role: "alert" }, [
          el("h1", {}, [error.message]), el("p", {}, [error.hint]),
          el("button", { type: "button", click: () => startLive(host) }, ["Retry"]),
        ]),
      );
    });
}

async function load(): Promise<Session> {
  const [programme, schema] = await Promise.all([getProgramme(), getSchema()]);
  const fresh: Variant = { yaml: programme.yaml, set: [], seed: 1, scenarios: Math.min(10_000, programme.limits.scenarios), without: true };
  const variant = (await decode(location.hash)) ?? (await decode(remembered(memoryKey(programme)))) ?? fresh;
  return new Session(programme, new Schema(schema as ConstructorParameters<typeof Schema>[0]), variant);
}

function remembered(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function build(host: HTMLElement, session: Session): void {
  document.title = session.programme.name === null ? "Stargate" : `${session.programme.name}: Stargate`;
  const panel = (): HTMLElement => el("div", { role: "tabpanel", class: "panel" });
  const dials = panel(), form = panel(), yaml = panel();
  const chips = el("div", { class: "changes" });
  const compare = el("section", { class: "versus", "aria-labelledby": "moved", "data-testid": "moved" });
  const views = el("div", { class: "stage" });
  const waiting = el("p", { class: "wait", "data-testid": "waiting" });

  mountChips(chips, session);
  mountDials(dials, session);
  mountForm(form, session);
  const editor = mountEditor(yaml, session);
  mountCompare(compare, session);

  const is = (kind: string) => (): void => void (host.dataset["kind"] = kind);
  const kinds = mountTabs("Kind of input", [
    { id: "sliders", label: "Sliders", panel: dials, shown: is("sliders") },
    { id: "form", label: "Form", panel: form, shown: is("form") },
    { id: "yaml", label: "YAML", panel: yaml, shown: () => { is("yaml")(); editor.measure(); } },
  ]);
  const inputs = el("section", { class: "pane", "aria-label": "Inputs" }, [chips, kinds.list, dials, form, yaml]);
  const results = el("div", { class: "results" }, [compare, waiting, views]);
  const sides = mountTabs("Inputs or results", [
    { id: "results", label: "Results", panel: results },
    { id: "inputs", label: "Inputs", panel: inputs },
  ]);
  // Side by side there are no tabs; on a phone one of both.
  const fold = (): void => {
    sides.list.hidden = !narrow.matches;
    for (const side of [inputs, results]) {
      if (narrow.matches) side.setAttribute("role", "tabpanel");
      else side.removeAttribute("role");
    }
    if (narrow.matches) sides.show(sides.shown());
    else inputs.hidden = results.hidden = false;
  };
  narrow.addEventListener("change", fold);

  const toInputs = (id: string): void => {
    if (narrow.matches) sides.show("inputs");
    kinds.show(id, id !== "yaml");
    if (id === "yaml") editor.focus();
  };
  const actions = el("div", { class: "bar" });
  const showHelp = mountKeys(host, [
    { key: "r", shown: "R", what: "Run again", act: () => session.run() },
    { key: "a", shown: "A", what: "Keep what is shown as A and compare", act: () => session.keep() },
    { key: "s", shown: "S", what: "Save", act: () => bar.openSave() },
    { key: "c", shown: "C", what: "Copy a link to this variant", act: () => void bar.copyLink() },
    { key: "1", shown: "1", what: "Sliders", act: () => toInputs("sliders") },
    { key: "2", shown: "2", what: "Form", act: () => toInputs("form") },
    { key: "3", shown: "3", what: "YAML", act: () => toInputs("yaml") },
    { key: "/", shown: "/", what: "Find an input", act: () => { toInputs("form"); form.querySelector("input")?.focus(); } },
    { key: "0", shown: "0", what: "Results", act: () => { if (narrow.matches) sides.show("results"); results.querySelector<HTMLElement>("h2")?.scrollIntoView(); } },
    { key: "?", shown: "?", what: "This list", act: () => showHelp() },
  ], () => session.cancel());
  const bar = mountBar(actions, session, showHelp);

  const dialog = host.querySelector("dialog");
  const top = el("header", { class: "top" }, [el("div", { class: "brand" }, [el("h1", {}, ["Stargate"]), el("span", { class: "file", title: session.programme.name ?? "" }, [session.programme.name?.split("/").pop() ?? "no file"])]), actions, sides.list]);
  host.replaceChildren(el("a", { class: "skip", href: "#panel-results" }, ["To the views"]), top, el("main", { class: "sides" }, [inputs, results]));
  if (dialog) host.append(dialog);
  // What sticks to the top of the page sticks below the head, which on a phone scrolls away.
  const head = (): void => document.documentElement.style.setProperty("--head", narrow.matches ? "0px" : `${top.offsetHeight}px`);
  new ResizeObserver(head).observe(top);
  narrow.addEventListener("change", head);
  fold();

  showDocument(session, views, waiting);
  window.addEventListener("hashchange", () => void decode(location.hash).then((variant) => variant && session.restore(variant)));
  void session.checkAndRun(true);
}

// Views are made with the first document and follow every later one.
function showDocument(session: Session, host: HTMLElement, waiting: HTMLElement): void {
  let mounted: ReturnType<typeof mountViews> | null = null;
  const draw = (): void => {
    if (session.doc === null) return;
    const compare = session.kept?.doc;
    if (mounted === null) mounted = mountViews(host, session.doc, { live: true, promise: session.promise ?? undefined, onPromise: (id) => session.choose(id), ...(compare ? { compare } : {}) });
    else mounted.update(session.doc, compare, session.promise ?? undefined);
  };
  const wait = (): void => {
    waiting.hidden = session.doc !== null;
    const { state } = session;
    waiting.textContent =
      state.phase === "failed" ? "No answer yet: correct the programme, or retry." : state.phase === "empty" ? "No programme is open. Open a file, or write one under YAML." : state.phase === "cancelled" ? "Cancelled before the first answer." : "Waiting for the first answer …";
    host.classList.toggle("stale", session.doc !== null && state.phase === "failed");
  };
  for (const topic of ["doc", "kept", "promise"] as const) session.on(topic, draw);
  for (const topic of ["doc", "run"] as const) session.on(topic, wait);
  wait();
}
