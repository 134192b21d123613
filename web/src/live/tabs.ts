// Tabs with arrow keys; each shows one panel.
import { el } from "../charts/dom.ts";

export interface Tab {
  id: string;
  label: string;
  panel: HTMLElement;
  shown?: () => void;
}

export function mountTabs(label: string, tabs: Tab[]): { list: HTMLElement; show(id: string, focus?: boolean): void; shown(): string } {
  let current = tabs[0]?.id ?? "";
  const buttons = tabs.map((tab, i) => {
    const button = el("button", { type: "button", role: "tab", id: `tab-${tab.id}`, "aria-controls": `panel-${tab.id}`, "data-testid": `tab-${tab.id}`, click: () => show(tab.id) }, [tab.label]);
    button.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -i, End: tabs.length - 1 - i }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      show(tabs[(i + step + tabs.length) % tabs.length]!.id, true);
    });
    tab.panel.id = `panel-${tab.id}`;
    tab.panel.setAttribute("aria-labelledby", button.id);
    return button;
  });
  const show = (id: string, focus = false): void => {
    current = id;
    tabs.forEach((tab, i) => {
      const on = tab.id === id;
      buttons[i]!.setAttribute("aria-selected", String(on));
      buttons[i]!.tabIndex = on ? 0 : -1;
      tab.panel.hidden = !on;
      if (on) {
        if (focus) buttons[i]!.focus();
        tab.shown?.();
      }
    });
  };
  show(current);
  return { list: el("div", { role: "tablist", "aria-label": label, class: "tabs" }, buttons), show, shown: () => current };
}
