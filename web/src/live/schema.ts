// The form's view of the JSON Schema: fields by class, with help, unit, default and choices, all read from the schema.

export interface Field {
  key: string;
  help: string;
  unit: string | null;
  fallback: string | null; // default, as text
  choices: string[] | null;
  rows: string | null; // definition of the rows below, where the field is a map of such rows
}

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  additionalProperties?: Node | boolean;
  allOf?: Node[];
  else?: Node;
  enum?: unknown[];
  type?: string | string[];
  $ref?: string;
}

const pointer = "#/definitions/";

export class Schema {
  private readonly definitions: Record<string, Node>;
  private readonly known = new Map<string, Field[]>();

  constructor(private readonly root: Node & { definitions?: Record<string, Node> }) {
    this.definitions = root.definitions ?? {};
  }

  // Classes of rows, in the schema's order: parties, contracts, ..., each with what it is.
  classes(): { key: string; help: string; rows: string }[] {
    return Object.entries(this.root.properties ?? {}).flatMap(([key, node]) => {
      const below = node.additionalProperties;
      return typeof below === "object" && below.$ref ? [{ key, help: sentence(node.description), rows: below.$ref.slice(pointer.length) }] : [];
    });
  }

  // Fields of the programme itself.
  top(): Field[] {
    const classes = new Set(this.classes().map((c) => c.key));
    return Object.entries(this.root.properties ?? {})
      .filter(([key]) => !classes.has(key))
      .map(([key, node]) => this.field(key, node));
  }

  fields(definition: string): Field[] {
    let list = this.known.get(definition);
    if (list === undefined) {
      list = Object.entries(this.definitions[definition]?.properties ?? {}).map(([key, node]) => this.field(key, node));
      this.known.set(definition, list);
    }
    return list;
  }

  // The field that a path names, through rows and rows of rows; null for what the schema does not name.
  at(path: string): Field | null {
    const [head = "", ...rest] = path.split(".");
    const group = this.classes().find((c) => c.key === head);
    if (group === undefined) return rest.length > 0 ? null : (this.top().find((f) => f.key === head) ?? null);
    return this.within(group.rows, rest.slice(1));
  }

  // Names of rows may contain dots, so parts are skipped until one is a field.
  private within(definition: string, parts: string[]): Field | null {
    const fields = this.fields(definition);
    for (let i = 0; i < parts.length; i++) {
      const field = fields.find((f) => f.key === parts[i]);
      if (field === undefined) continue;
      if (i === parts.length - 1) return field;
      return field.rows === null ? field : (this.within(field.rows, parts.slice(i + 1)) ?? field);
    }
    return null;
  }

  private field(key: string, node: Node): Field {
    const told = node.description ?? "";
    const ref = (node.allOf?.[0]?.$ref ?? node.$ref ?? node.else?.$ref ?? "").slice(pointer.length);
    const choices = node.else?.enum ?? (ref === "flag" ? ["yes", "no"] : null);
    return {
      key,
      help: told.replace(/\s*\bIn [^.]+?\.(?=\s|$)/, "").replace(/\s*\bDefault: .*$/, "").trim(),
      unit: /\bIn ([^.]+?)\.(?=\s|$)/.exec(told)?.[1] ?? null,
      fallback: /\bDefault: (.*)$/.exec(told)?.[1] ?? null,
      choices: choices?.filter((c): c is string => typeof c === "string") ?? null,
      rows: ref.startsWith("map_of_") ? ref.slice("map_of_".length) : null,
    };
  }
}

function sentence(text = ""): string {
  return text === "" ? "" : text[0]!.toUpperCase() + text.slice(1).replace(/\.?$/, ".");
}
