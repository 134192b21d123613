// What differs from the file: a chip for each override, to be taken back or written into the YAML; seed and size of a run.
import { el } from "../charts/dom.ts";
import type { Session } from "./session.ts";

export function mountChips(host: HTMLElement, session: Session): void {
  const list = el("ul", { class: "chips", "aria-label": "Changes to the file", "data-testid": "chips" });
  const all = el("button", { type: "button", class: "quiet", "data-testid": "write-all", click: () => session.writeIntoYaml(session.variant.set.map((s) => s.path)) }, ["Write into YAML"]);
  const none = el("button", { type: "button", class: "quiet", "data-testid": "reset-all", click: () => session.clearSet() }, ["Reset all"]);
  const tools = el("div", { class: "line" }, [all, none]);
  host.append(list, tools, settings(session));
  const draw = (): void => {
    const { set } = session.variant;
    list.replaceChildren(
      ...set.map(({ path, value }) =>
        el("li", {}, [
          el("span", { class: "path" }, [path]), el("span", { class: "value" }, [value]),
          el("button", { type: "button", class: "quiet", "aria-label": `Take back ${path}`, click: () => session.setValue(path, null) }, ["×"]),
        ]),
      ),
    );
    list.hidden = tools.hidden = set.length === 0;
    all.hidden = !set.some((s) => session.canWrite(s.path, s.value));
  };
  session.on("variant", draw);
  session.on("yaml", draw);
  draw();
}

function settings(session: Session): HTMLElement {
  const number = (id: string, label: string, least: number, most: number, get: () => number, set: (n: number) => void): HTMLElement[] => {
    const input = el("input", { id, type: "number", min: least, max: most, step: 1, value: get(), "data-testid": id });
    input.addEventListener("change", () => {
      const value = Math.round(Number(input.value));
      if (Number.isFinite(value) && value >= least && value <= most) set(value);
      input.value = String(get());
    });
    session.on("variant", () => {
      if (document.activeElement !== input) input.value = String(get());
    });
    return [el("label", { for: id }, [label]), input];
  };
  const without = el("input", { id: "without", type: "checkbox", "data-testid": "without", change: () => session.setOptions({ without: without.checked }) });
  const follow = (): void => {
    without.checked = session.variant.without;
  };
  session.on("variant", follow);
  follow();
  const { programme } = session;
  return el("div", { class: "line settings" }, [
    ...number("scenarios", "Scenarios", 1, programme.limits.scenarios, () => session.variant.scenarios, (scenarios) => session.setOptions({ scenarios })),
    ...number("seed", "Seed", 0, Number.MAX_SAFE_INTEGER, () => session.variant.seed, (seed) => session.setOptions({ seed })),
    el("span", { class: "choice" }, [without, el("label", { for: "without", title: "The odds if nothing waited for money, for the grid, ...; takes most of a run's time" }, ["odds without each cause"])]),
  ]);
}
