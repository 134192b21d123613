// The YAML itself: an editor with marks in the margin at the line of each mistake, and the mistakes as a list.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { yamlLanguage } from "@codemirror/lang-yaml";
import { lintGutter, setDiagnostics, type Diagnostic as Mark } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { el } from "../charts/dom.ts";
import type { Diagnostic } from "./api.ts";
import type { Session } from "./session.ts";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--code-key)" },
  { tag: [tags.string, tags.content], color: "var(--code-text)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.keyword], color: "var(--code-number)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "0.8125rem", color: "var(--code-text)", backgroundColor: "var(--code-ground)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace", lineHeight: "1.5", overscrollBehavior: "contain" },
  ".cm-gutters": { backgroundColor: "var(--code-ground)", color: "var(--code-comment)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--code-selection)" },
  ".cm-cursor": { borderLeftColor: "var(--code-text)" },
  ".cm-tooltip": { backgroundColor: "var(--code-ground)", color: "var(--code-text)", border: "1px solid var(--code-comment)", maxWidth: "30rem" },
});

// Columns of the server count characters from 1; the editor counts UTF-16 units from 0.
function place(text: Text, line: number, column: number): number {
  const at = text.line(Math.max(1, Math.min(text.lines, line)));
  return at.from + [...at.text].slice(0, Math.max(0, column - 1)).join("").length;
}

export function isOfYaml(d: Diagnostic): boolean {
  return d.file !== "--set" && d.line > 0;
}

export function mountEditor(host: HTMLElement, session: Session): { focus(): void; measure(): void } {
  const frame = el("div", { class: "editor", "data-testid": "yaml" });
  // A shadow root takes constructed style sheets; in the document the editor would need an inline one, which the policy refuses.
  const root = frame.attachShadow({ mode: "open" });
  const list = el("ul", { class: "diagnostics", "data-testid": "diagnostics", "aria-label": "Mistakes in the YAML" });
  let silent = false;
  const listener = EditorView.updateListener.of((update) => {
    if (update.docChanged && !silent) session.setYaml(update.state.doc.toString());
  });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: session.variant.yaml,
      extensions: [
        lineNumbers(), lintGutter(), history(), drawSelection(), highlightActiveLine(), yamlLanguage, syntaxHighlighting(colours), theme, listener,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Programme as YAML", spellcheck: "false", tabindex: "0" }),
        keymap.of([...defaultKeymap.filter((k) => k.key !== "Escape"), ...historyKeymap]),
      ],
    }),
  });
  host.append(openers(session), frame, list);

  const jump = (d: Diagnostic): void => {
    const at = place(view.state.doc, d.line, d.column);
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    view.focus();
  };
  const mark = (): void => {
    const own = session.diagnostics.filter(isOfYaml);
    const marks = own.map((d): Mark => {
      const from = place(view.state.doc, d.line, d.column);
      const to = Math.max(from, Math.min(place(view.state.doc, d.line, d.column + Math.max(1, d.span)), view.state.doc.length));
      return { from, to, severity: d.severity === "error" ? "error" : "warning", message: d.hint ? `${d.message}\n${d.hint}` : d.message };
    });
    view.dispatch(setDiagnostics(view.state, marks));
    list.replaceChildren(
      ...own.map((d) =>
        el("li", { class: d.severity }, [
          el("button", { type: "button", click: () => jump(d) }, [`${d.line}:${d.column}`]),
          el("span", {}, [d.message]),
          d.hint ? el("span", { class: "hint" }, [d.hint]) : null,
        ]),
      ),
    );
    list.hidden = own.length === 0;
  };
  session.on("diagnostics", mark);
  session.on("yaml", () => {
    if (view.state.doc.toString() === session.variant.yaml) return;
    silent = true;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: session.variant.yaml } });
    silent = false;
  });
  mark();
  return { focus: () => view.focus(), measure: () => view.requestMeasure() };
}

// A file of one's own: chosen, or the one that was served.
function openers(session: Session): HTMLElement {
  const file = el("input", { type: "file", id: "open", accept: ".yaml,.yml,text/plain", class: "unseen" });
  file.addEventListener("change", () => {
    void file.files?.[0]?.text().then((text) => session.setYaml(text));
    file.value = "";
  });
  return el("div", { class: "line" }, [
    el("label", { for: "open", class: "button quiet" }, ["Open a file …"]), file,
    el("button", { type: "button", class: "quiet", click: () => session.setYaml(session.programme.yaml) }, ["Back to the file as served"]),
  ]);
}
