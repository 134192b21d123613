// Keys, and the list of them. Single letters may be switched off: some people speak their keys.
import { el } from "../charts/dom.ts";

export interface Key {
  key: string;
  shown: string;
  what: string;
  act(): void;
}

const memory = "stargate:keys";

function wanted(): boolean {
  try {
    return localStorage.getItem(memory) !== "off";
  } catch {
    return true;
  }
}

// True where a letter is text, or a choice of a list.
function typing(event: KeyboardEvent): boolean {
  const at = event.composedPath()[0];
  return at instanceof HTMLElement && (at.isContentEditable || (at instanceof HTMLInputElement && at.type !== "range" && at.type !== "checkbox") || at instanceof HTMLSelectElement || at instanceof HTMLTextAreaElement);
}

export function mountKeys(host: HTMLElement, keys: Key[], escape: () => void): () => void {
  const on = el("input", { type: "checkbox", id: "letters", checked: wanted() });
  on.addEventListener("change", () => localStorage.setItem(memory, on.checked ? "on" : "off"));
  const dialog = el("dialog", { class: "help", "aria-labelledby": "help-title", "data-testid": "help-dialog" }, [
    el("h2", { id: "help-title" }, ["Keys"]),
    el("dl", {}, [
      ...keys.flatMap((k) => [el("dt", {}, [el("kbd", {}, [k.shown])]), el("dd", {}, [k.what])]),
      el("dt", {}, [el("kbd", {}, ["Escape"])]), el("dd", {}, ["Stop the run; close what is open"]),
      el("dt", {}, [el("kbd", {}, ["Ctrl+Enter"])]), el("dd", {}, ["Run, from anywhere, also from within the YAML"]),
      el("dt", {}, [el("kbd", {}, ["Tab"])]), el("dd", {}, ["Leaves the YAML; arrow keys move sliders and tabs"]),
    ]),
    el("p", {}, [on, el("label", { for: "letters" }, ["Single letters are keys"])]),
    el("form", { method: "dialog" }, [el("button", { autofocus: true }, ["Close"])]),
  ]);
  host.append(dialog);
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || dialog.open) return;
    if (event.key === "Escape") return escape();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return keys.find((k) => k.key === "r")?.act();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !on.checked || typing(event)) return;
    const found = keys.find((k) => k.key === event.key);
    if (found === undefined) return;
    event.preventDefault();
    found.act();
  });
  return () => dialog.showModal();
}
