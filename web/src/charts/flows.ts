// Payments between parties: who pays stands left, who is paid right, so that money that goes in circles can be drawn too.
import { sankey, sankeyLinkHorizontal } from "d3-sankey";
import type { Flow } from "../data/document.ts";
import { percent, quantity } from "../data/format.ts";
import { svg } from "./dom.ts";

interface Node {
  key: string;
  name: string;
  pays: boolean;
}
interface Link {
  source: string;
  target: string;
  value: number;
  flow: Flow;
}

// Kinds by what they are for: five colours, not twenty-six.
export const GROUPS: readonly { label: string; tone: string; kinds: readonly string[] }[] = [
  { label: "for use: sales, compute, leases", tone: "tone-1", kinds: ["sales", "compute", "lease", "re-letting", "damages"] },
  { label: "to build: works, plant, machines", tone: "tone-2", kinds: ["construction", "generation", "racks", "purchase"] },
  { label: "to run: energy, operation, services, tax", tone: "tone-5", kinds: ["service cost", "energy", "fuel", "operation", "tax"] },
  { label: "capital paid in: equity, loans", tone: "tone-3", kinds: ["loan draws", "equity"] },
  { label: "capital paid back: interest, principal, distributions", tone: "tone-4", kinds: ["interest", "principal", "distributions", "interest received", "interest capitalised"] },
  { label: "other", tone: "tone-8", kinds: [] },
];

export function groupOf(kind: string): (typeof GROUPS)[number] {
  return GROUPS.find((g) => g.kinds.includes(kind)) ?? GROUPS[GROUPS.length - 1]!;
}

/** Flows that can be seen at this size, biggest first; the rest stands in the table. */
export function shownFlows(flows: readonly Flow[], least: number): Flow[] {
  const between = flows.filter((f) => f.mean_usd > 0 && f.from !== f.to);
  const all = between.reduce((sum, f) => sum + f.mean_usd, 0);
  return between.filter((f) => f.mean_usd >= all * least).sort((a, b) => b.mean_usd - a.mean_usd);
}

export function flowsChart(host: HTMLElement, width: number, flows: readonly Flow[]): void {
  const nodes: Node[] = [];
  const node = (name: string, pays: boolean): string => {
    const key = `${pays ? "from" : "to"} ${name}`;
    if (!nodes.some((n) => n.key === key)) nodes.push({ key, name, pays });
    return key;
  };
  const links: Link[] = flows.map((flow) => ({ source: node(flow.from, true), target: node(flow.to, false), value: flow.mean_usd, flow }));
  const rows = Math.max(nodes.filter((n) => n.pays).length, nodes.filter((n) => !n.pays).length);
  const height = Math.max(280, Math.min(760, rows * 66));
  const label = width >= 700 ? 170 : 8;
  const graph = sankey<Node, Link>()
    .nodeId((n) => n.key)
    .nodeWidth(12)
    .nodePadding(width >= 700 ? 28 : 24)
    .extent([
      [label, 22],
      [width - label, height - 6],
    ])({ nodes: nodes.map((n) => ({ ...n })), links: links.map((l) => ({ ...l })) });
  const root = svg("svg", {
    class: "plot flows",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": `Payments between parties: ${flows.slice(0, 5).map((f) => `${f.from} to ${f.to}, ${f.kind}, ${quantity(f.mean_usd, "USD")}`).join("; ")}`,
  });
  root.append(svg("text", { class: "axis-title", x: 0, y: 11 }, ["who pays"]), svg("text", { class: "axis-title end", x: width, y: 11 }, ["who is paid"]));
  const path = sankeyLinkHorizontal<Node, Link>();
  for (const link of graph.links) {
    const d = path(link);
    if (!d) continue;
    const shape = svg("path", { class: `flow ${groupOf(link.flow.kind).tone}`, d, "stroke-width": Math.max(1, link.width ?? 1) });
    shape.append(svg("title", {}, [`${link.flow.from} to ${link.flow.to}, ${link.flow.kind}: ${quantity(link.flow.mean_usd, "USD")} on average (10–90 %: ${quantity(link.flow.p10_usd, "USD")} to ${quantity(link.flow.p90_usd, "USD")})`]));
    root.append(shape);
    // The kind stands on bands that are tall enough for it.
    if ((link.width ?? 0) >= 15 && width >= 700) {
      const from = link.source as unknown as { x1: number };
      root.append(svg("text", { class: "flow-label", x: from.x1 + 8, y: (link.y0 ?? 0) + 4 }, [`${link.flow.kind} ${quantity(link.flow.mean_usd, "USD", 2)}`]));
    }
  }
  const total = graph.links.reduce((sum, l) => sum + l.value, 0);
  for (const n of graph.nodes) {
    const [x0, x1, y0, y1] = [n.x0 ?? 0, n.x1 ?? 0, n.y0 ?? 0, n.y1 ?? 0];
    root.append(svg("rect", { class: "flow-node", x: x0, y: y0, width: x1 - x0, height: Math.max(1, y1 - y0) }, [svg("title", {}, [`${n.name}: ${quantity(n.value ?? 0, "USD")}, ${percent((n.value ?? 0) / total)}`])]));
    const outside = width >= 700;
    const x = n.pays === outside ? x0 - 6 : x1 + 6;
    const y = (y0 + y1) / 2;
    const name = svg("text", { class: `flow-name${n.pays === outside ? " end" : ""}`, x, y: outside ? y - 1 : y + 4 }, [n.name]);
    root.append(name);
    if (outside) root.append(svg("text", { class: n.pays ? "end" : "", x, y: y + 13 }, [quantity(n.value ?? 0, "USD", 2)]));
  }
  host.append(root);
}
