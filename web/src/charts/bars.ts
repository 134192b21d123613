// Horizontal bars with a label before and a number behind: the plainest chart there is, in HTML.
import { el, styled } from "./dom.ts";

export interface Bar {
  label: string;
  value: number;
  text: string;
  tone: number;
  title?: string;
  other?: number; // of the run that this one is compared with
}

/** most: what fills the width; otherwise the greatest value. */
export function bars(items: readonly Bar[], most = Math.max(...items.map((b) => b.value), 1e-9)): HTMLElement {
  return el(
    "ul",
    { class: "bars" },
    items.map((bar) => {
      const fill = styled(el("span", { class: `bar-fill tone-${bar.tone}` }), { width: `${Math.min(100, (bar.value / most) * 100)}%` });
      const track: HTMLElement[] = [fill];
      if (bar.other !== undefined) track.push(styled(el("span", { class: "gauge-other" }), { left: `${Math.min(100, (bar.other / most) * 100)}%` }));
      return el("li", { title: bar.title }, [
        el("span", { class: "bar-label" }, [bar.label]),
        el("span", { class: "bar-track", "aria-hidden": "true" }, track),
        el("b", { class: "bar-text", "data-value": String(bar.value) }, [bar.text]),
      ]);
    }),
  );
}
