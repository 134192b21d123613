// Every input as a form: rows of the file and of the catalogue by class, fields as the schema has them.
import { el } from "../charts/dom.ts";
import type { Value } from "./api.ts";
import { control } from "./field.ts";
import { isBare, numberOf, write } from "./quantity.ts";
import type { Field } from "./schema.ts";
import type { Session } from "./session.ts";
import { find, inner, type YamlNode } from "./yamltree.ts";

// Row keys speak of the values, they are not values.
const hidden = new Set(["source", "as_of", "note", "tells_of", "like"]);

export function mountForm(host: HTMLElement, session: Session): void {
  const search = el("input", { type: "search", id: "search", placeholder: "price, grid, tenor …", autocomplete: "off", "data-testid": "search" });
  const tree = el("div", { class: "form", "data-testid": "form" });
  const count = el("p", { class: "note", role: "status" });
  host.append(el("div", { class: "line" }, [el("label", { for: "search" }, ["Find"]), search]), count, tree);

  let form = new Form(session);
  const draw = (): void => {
    const open = new Set([...tree.querySelectorAll<HTMLElement>("details[open]")].map((d) => d.dataset["path"]));
    form = new Form(session);
    const words = search.value.trim().toLowerCase();
    tree.replaceChildren(...form.groups(words, open));
    count.textContent = words === "" ? "" : `${form.found} inputs found`;
    count.hidden = words === "";
  };
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(draw, 120);
  });
  session.on("inputs", () => {
    if (!tree.contains(document.activeElement)) draw();
  });
  session.on("variant", () => form.refresh());
  session.on("diagnostics", () => form.refresh());
  draw();
}

class Form {
  found = 0;
  private controls: (() => void)[] = [];
  private readonly values: Map<string, Value>;

  constructor(private readonly session: Session) {
    this.values = new Map(session.values.map((v) => [v.path, v]));
  }

  refresh(): void {
    for (const refresh of this.controls) refresh();
  }

  groups(words: string, open: Set<string | undefined>): HTMLElement[] {
    const { schema, tree } = this.session;
    const programme = this.fold("programme", "programme", "The programme itself.", open, words, () => this.fields(schema.top(), "", tree, words));
    const classes = schema.classes().map(({ key, help, rows }) =>
      this.fold(key, key.replaceAll("_", " "), help, open, words, () =>
        this.rowNames(key).map((name) => {
          const path = `${key}.${name}`;
          const node = find(tree, path);
          const note = node === null ? "from the catalogue" : "";
          return this.fold(path, name, note, open, words, () => this.fields(schema.fields(rows), path, node?.children ?? [], words));
        }),
      ),
    );
    return [programme, ...classes].filter((e) => e !== null);
  }

  // Rows that the file writes, then those of the catalogue that it uses.
  private rowNames(group: string): string[] {
    const written = find(this.session.tree, group)?.children?.map((c) => c.key) ?? [];
    const names = new Set(written);
    for (const path of this.values.keys()) {
      if (!path.startsWith(`${group}.`)) continue;
      const name = path.slice(group.length + 1).split(".")[0]!;
      const copy = name.replace(/-\d+$/, "");
      const prefix = written.some((w) => path.startsWith(`${group}.${w}.`));
      if (!prefix && !names.has(copy)) names.add(name);
    }
    return [...names];
  }

  // A part that opens; while one searches, all that match stand open, and what does not match is left out.
  private fold(path: string, title: string, help: string, open: Set<string | undefined>, words: string, inside: () => (HTMLElement | null)[]): HTMLElement | null {
    const body = el("div", { class: "inside" });
    const searching = words !== "";
    const fill = (): boolean => {
      const parts = inside().filter((e) => e !== null);
      body.append(...parts);
      return parts.length > 0;
    };
    if (searching && !fill()) return null;
    const details = el("details", { "data-path": path, open: searching || open.has(path) }, [el("summary", {}, [el("span", { class: "title" }, [title]), el("span", { class: "help" }, [help])]), body]);
    // Hundreds of fields: they are made when their part opens.
    if (!searching) {
      if (details.open) fill();
      else details.addEventListener("toggle", fill, { once: true });
    }
    return details;
  }

  private fields(fields: Field[], above: string, nodes: YamlNode[], words: string): (HTMLElement | null)[] {
    const given: (HTMLElement | null)[] = [], others: HTMLElement[] = [];
    for (const field of fields) {
      if (hidden.has(field.key)) continue;
      const path = above === "" ? field.key : `${above}.${field.key}`;
      const node = nodes.find((n) => n.key === field.key) ?? null;
      if (field.rows !== null) given.push(this.below(field, path, node, words));
      else if (node !== null || this.session.override(path) !== null) given.push(this.field(field, path, node, words));
      else {
        const made = this.field(field, path, null, words);
        if (made !== null) others.push(made);
      }
    }
    if (words !== "") return [...given, ...others];
    if (others.length > 0) given.push(el("details", { class: "more" }, [el("summary", {}, [`${others.length} more, as the catalogue or the defaults have them`]), el("div", { class: "inside" }, others)]));
    return given;
  }

  // Rows within a row: several by name, or one whose fields stand there directly.
  private below(field: Field, path: string, node: YamlNode | null, words: string): HTMLElement | null {
    if (node === null || node.children === null) return null;
    const fields = this.session.schema.fields(field.rows!);
    const direct = node.children.some((c) => fields.some((f) => f.key === c.key && c.children === null));
    const none = new Set<string | undefined>([path]);
    return this.fold(path, field.key.replaceAll("_", " "), field.help, none, words, () =>
      direct
        ? this.fields(fields, path, node.children ?? [], words)
        : (node.children ?? []).map((row) => this.fold(row.path, row.key, "", new Set([row.path]), words, () => this.fields(fields, row.path, row.children ?? [], words))),
    );
  }

  private field(field: Field, path: string, node: YamlNode | null, words: string): HTMLElement | null {
    if (words !== "" && !`${path} ${field.help}`.toLowerCase().includes(words)) return null;
    this.found++;
    const found = this.values.get(path);
    const { yaml } = this.session.variant;
    const value = node === null ? null : inner(node);
    const written = value === null ? "" : yaml.slice(value.from, value.to);
    const id = `field-${path.replace(/[^\w-]/g, "-")}`;
    const fallback = node === null ? (shown(found) ?? field.fallback ?? "") : "";
    const { box, refresh } = control(this.session, { path, id, label: path, written, fallback, choices: field.choices });
    this.controls.push(refresh);
    const source = sourceOf(node, yaml) ?? found?.source ?? null;
    return el("div", { class: "field" }, [
      el("label", { for: id }, [field.key.replaceAll("_", " "), field.unit ? el("span", { class: "unit" }, [field.unit]) : null]),
      box,
      el("p", { class: "help" }, [field.help, source ? el("span", { class: "source" }, [` Source: ${source}`]) : null]),
    ]);
  }
}

// What the catalogue or a default says; a distribution without short words says its plan.
function shown(value: Value | undefined): string | null {
  if (value === undefined) return null;
  const plan = numberOf(value.plan);
  return value.text !== null && !isBare(value.text) ? value.text : plan === null ? value.text : write(plan, value.unit);
}

function sourceOf(node: YamlNode | null, yaml: string): string | null {
  const source = node?.children?.find((c) => c.key === "source");
  return source ? yaml.slice(source.from, source.to).replace(/^["']|["']$/g, "") : null;
}
