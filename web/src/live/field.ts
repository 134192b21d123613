// One input as a line of text or a choice: its present words, an override when changed, a way back, what the server said.
import { el } from "../charts/dom.ts";
import type { Session } from "./session.ts";

export interface Spot {
  path: string;
  id: string; // of the control, for its label
  label: string;
  written: string; // as the file or the catalogue has it; empty: neither has
  fallback: string; // shown while empty
  choices: string[] | null;
}

// A control that follows overrides made elsewhere; it is disposed of with its element.
export function control(session: Session, spot: Spot): { box: HTMLElement; refresh(): void } {
  const now = (): string => session.override(spot.path) ?? spot.written;
  const input = spot.choices === null ? textInput(spot) : choiceInput(spot);
  const reset = el("button", { type: "button", class: "quiet reset", "aria-label": `Reset ${spot.label}`, title: "Back to what the file says", click: () => session.setValue(spot.path, null) }, ["↺"]);
  const told = el("span", { class: "told", id: `${spot.id}-told` });
  input.setAttribute("aria-describedby", told.id);
  input.addEventListener("change", () => {
    const text = input.value.trim();
    session.setValue(spot.path, text === spot.written || text === "" ? null : text);
  });
  const refresh = (): void => {
    const override = session.override(spot.path);
    if (document.activeElement !== input || override !== null) input.value = now();
    reset.hidden = override === null;
    const wrong = session.diagnostics.find((d) => d.excerpt?.includes(`${spot.path}=`) && override !== null);
    told.textContent = wrong ? `${wrong.message}${wrong.hint ? `; ${wrong.hint}` : ""}` : "";
    input.setAttribute("aria-invalid", String(wrong !== undefined));
  };
  refresh();
  return { box: el("span", { class: "control" }, [input, reset, told]), refresh };
}

function textInput(spot: Spot): HTMLInputElement {
  return el("input", { id: spot.id, type: "text", autocomplete: "off", spellcheck: "false", placeholder: spot.fallback });
}

function choiceInput(spot: Spot): HTMLSelectElement {
  const choices = [...new Set(["", ...(spot.choices ?? []), ...(spot.written === "" ? [] : [spot.written])])];
  return el("select", { id: spot.id }, choices.map((c) => el("option", { value: c }, [c === "" ? spot.fallback || "not set" : c])));
}
