// The programme's YAML as a tree of keys with their places, and edits of single values that leave all else as it is.
import { yamlLanguage } from "@codemirror/lang-yaml";
import type { SyntaxNode } from "@lezer/common";

export interface YamlNode {
  key: string;
  path: string;
  at: number; // where the key begins
  from: number; // of the value; equal to `to` where there is none
  to: number;
  flow: boolean;
  children: YamlNode[] | null; // null: a scalar or a list
}

const names = { block: "BlockMapping", flow: "FlowMapping", pair: "Pair", key: "Key" };
const values = new Set(["BlockMapping", "FlowMapping", "BlockSequence", "FlowSequence", "Literal", "QuotedLiteral", "BlockLiteral"]);

function unquote(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text.trim());
  return quoted?.[2] ?? text.trim();
}

// A value may be wrapped in a node that carries a tag or an anchor.
function valueOf(pair: SyntaxNode): SyntaxNode | null {
  for (let at = pair.lastChild; at !== null; at = at.prevSibling) {
    if (at.name === names.key) return null;
    if (values.has(at.name)) return at;
    const inner = at.firstChild;
    if (inner !== null && at.name !== ":" && values.has(inner.name)) return inner;
  }
  return null;
}

function mapping(text: string, map: SyntaxNode, above: string): YamlNode[] {
  const out: YamlNode[] = [];
  for (const pair of map.getChildren(names.pair)) {
    const keyNode = pair.getChild(names.key);
    if (keyNode === null) continue;
    const key = unquote(text.slice(keyNode.from, keyNode.to));
    const path = above === "" ? key : `${above}.${key}`;
    const value = valueOf(pair);
    const isMap = value !== null && (value.name === names.block || value.name === names.flow);
    out.push({
      key,
      path,
      at: keyNode.from,
      from: value?.from ?? pair.to,
      to: value?.to ?? pair.to,
      flow: value?.name === names.flow,
      children: isMap ? mapping(text, value, path) : null,
    });
  }
  return out;
}

export function parseYaml(text: string): YamlNode[] {
  const top = yamlLanguage.parser.parse(text).topNode;
  const found = top.getChild("Document")?.getChild(names.block) ?? top.getChild("Document")?.getChild(names.flow);
  return found ? mapping(text, found, "") : [];
}

// The value of {value: X, source: ...} is X; any other node is itself.
export function inner(node: YamlNode): YamlNode {
  return node.children?.find((c) => c.key === "value") ?? node;
}

// Keys may contain dots, so a path is followed by prefixes, not split.
export function find(tree: YamlNode[], path: string): YamlNode | null {
  for (const node of tree) {
    if (node.path === path) return node;
    if (node.children !== null && path.startsWith(`${node.path}.`)) {
      const found = find(node.children, path);
      if (found !== null) return found;
    }
  }
  return null;
}

export interface Edit {
  from: number;
  to: number;
  insert: string;
}

// A scalar that YAML would read as something else, or not at all, stands in quotes; what the file would write stays bare.
function scalar(value: string): string {
  const bare = /^[^\s#&*!|>@%`'"[\]{},?:-][^#:,[\]{}]*$/.test(value) || /^-?[\d$.][^#:,[\]{}]*$/.test(value) || /^[[{].*[\]}]$/.test(value);
  return bare ? value : JSON.stringify(value);
}

// The edit that makes the file say what an override says: the whole value in place, with its source, which is not that of
// the new number; or a new key in a row that is there. Null where the file has no such row (`like` and counts make rows
// that nobody wrote).
export function editFor(text: string, path: string, value: string): Edit | null {
  const tree = parseYaml(text);
  const node = find(tree, path);
  if (node !== null) {
    const block = node.children !== null && !node.flow;
    return block ? null : { from: node.from, to: node.to, insert: (text[node.from - 1] === ":" ? " " : "") + scalar(value) };
  }
  const cut = path.lastIndexOf(".");
  const row = cut < 0 ? null : find(tree, path.slice(0, cut));
  const first = row?.children?.[0], last = row?.children?.at(-1);
  if (row === null || first === undefined || last === undefined) return null;
  const pair = `${path.slice(cut + 1)}: ${scalar(value)}`;
  if (row.flow) return { from: last.to, to: last.to, insert: `, ${pair}` };
  // A block row: a line of its own before the first key, as deep as that key is.
  const indent = text.slice(text.lastIndexOf("\n", first.at - 1) + 1, first.at);
  return /^ *$/.test(indent) ? { from: first.at, to: first.at, insert: `${pair}\n${indent}` } : null;
}

export function apply(text: string, edit: Edit): string {
  return text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
}
