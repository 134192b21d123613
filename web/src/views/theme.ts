// Light or dark: as the system says, unless the reader says otherwise. Kept for this browser only, if it allows that.
import { el } from "../charts/dom.ts";

const KEY = "stargate-theme";

function remembered(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // a page from a file may have no storage
  }
}

function dark(): boolean {
  const own = document.documentElement.dataset["theme"];
  return own ? own === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

export function themeSwitch(): HTMLButtonElement {
  const kept = remembered();
  if (kept === "dark" || kept === "light") document.documentElement.dataset["theme"] = kept;
  const button = el("button", { type: "button", class: "quiet", "data-testid": "theme", click: flip });
  function say(): void {
    button.textContent = dark() ? "Light" : "Dark";
    button.setAttribute("aria-label", dark() ? "Light colours" : "Dark colours");
  }
  function flip(): void {
    const next = dark() ? "light" : "dark";
    document.documentElement.dataset["theme"] = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // then only until it is closed
    }
    say();
  }
  say();
  return button;
}
