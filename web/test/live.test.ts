import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunDocument } from "../src/data/document.ts";
import { decode, encode } from "../src/live/link.ts";
import { movedMoney, movedPromises } from "../src/live/moved.ts";
import { fromStop, numberOf, rangeOf, read, toStop, write } from "../src/live/quantity.ts";
import { Schema } from "../src/live/schema.ts";
import { apply, editFor, find, inner, parseYaml } from "../src/live/yamltree.ts";

const yaml = `programme: P  # a name
horizon: 10 years
contracts:
  senior:
    # terms
    type: loan
    tenor: 7 years
    margin: {value: 2 %/yr to 6 %/yr, source: "a: b", as_of: 2024-12}
  chips: {type: purchase}
campuses:
  mesa:
    crews: 10
    grid:
      main:
        limit: 1.2 GW
`;

test("what a slider writes is read back as the same value", () => {
  const rows: [number, string | null, string][] = [
    [20332, "date", "2025-09"],
    [20109, "date", "2025-01-21"],
    [0.65, "frac", "65 %"],
    [0.04375, "frac/yr", "4.38 %/yr"],
    [1.9e10, "USD", "19 B USD"],
    [-6e9, "USD/yr", "-6 B USD/yr"],
    [2556.6975, "day", "84 months"],
    [30, "day", "30 days"],
    [450, null, "450"],
    [1200, "MW", "1200 MW"],
    [2.73, "USD/GPU-h", "2.73 USD/GPU-h"],
  ];
  for (const [value, unit, text] of rows) {
    assert.equal(write(value, unit), text);
    const back = read(text, unit);
    assert.ok(back !== null && Math.abs(back - value) <= 0.005 * Math.abs(value), `${text} -> ${back}`);
  }
  for (const words of ["2026-01 to 2027-06", "40 % to 100 %", "lognormal", ""]) assert.equal(read(words, "frac"), null);
  assert.equal(numberOf("2025-09-01"), 20332);
  assert.equal(numberOf("soon"), null);
});

test("sliders stay where the input makes sense", () => {
  const share = rangeOf("frac", 0.7, 0.4, 1);
  assert.ok(share.least >= 0 && share.most <= 1);
  const loss = rangeOf("USD/yr", -6e9, -9e9, -3e9);
  assert.ok(loss.least < -9e9 && loss.most > -3e9);
  const wide = rangeOf("h", 50676, 4703, 165500);
  assert.ok(wide.log && wide.least > 0);
  for (const [range, unit, value] of [[share, "frac", 0.7], [loss, "USD/yr", -5e9], [wide, "h", 50676], [rangeOf("MW", 1200, 1200, 1200), "MW", 900]] as const) {
    const back = fromStop(range, toStop(range, value), unit);
    assert.ok(Math.abs(back - value) <= 0.03 * Math.abs(value), `${value} -> ${back}`);
  }
  assert.equal(write(fromStop(rangeOf("date", 20332, 20332, 21000), 77, "date"), "date").length, "2025-09".length);
});

test("YAML: values are found under comments, in flow rows and behind {value: ...}", () => {
  const tree = parseYaml(yaml);
  const text = (path: string): string => {
    const node = find(tree, path);
    assert.ok(node, path);
    return yaml.slice(inner(node).from, inner(node).to);
  };
  assert.equal(text("horizon"), "10 years");
  assert.equal(text("contracts.senior.margin"), "2 %/yr to 6 %/yr");
  assert.equal(text("campuses.mesa.grid.main.limit"), "1.2 GW");
  assert.equal(find(tree, "contracts.junior"), null);
  assert.deepEqual(parseYaml(""), []);
  assert.doesNotThrow(() => parseYaml("a: [1, {b\n  - : :\n\t"));
});

test("YAML: an override is written in its place and nothing else changes", () => {
  const rows: [string, string, string, string][] = [
    ["contracts.senior.tenor", "8 years", "    tenor: 7 years", "    tenor: 8 years"],
    ["contracts.senior.margin", "3 %/yr", `    margin: {value: 2 %/yr to 6 %/yr, source: "a: b", as_of: 2024-12}`, "    margin: 3 %/yr"],
    ["contracts.chips.note", "so: so", "  chips: {type: purchase}", `  chips: {type: purchase, note: "so: so"}`],
    ["campuses.mesa.grid.main.firm", "90 %", "        limit: 1.2 GW", "        firm: 90 %\n        limit: 1.2 GW"],
  ];
  for (const [path, value, before, after] of rows) {
    const edit = editFor(yaml, path, value);
    assert.ok(edit, path);
    assert.equal(apply(yaml, edit), yaml.replace(before, after));
  }
  assert.equal(editFor(yaml, "campuses.mesa-2.crews", "3"), null, "a row that nobody wrote");
  assert.equal(editFor(yaml, "campuses.mesa", "3"), null, "a whole block");
});

test("a link is the variant, and what is no link is none", async () => {
  const variant = { yaml, set: [{ path: "a.b", value: "Zürich – 5 %" }], seed: 7, scenarios: 300, without: true };
  const fragment = await encode(variant);
  assert.match(fragment, /^v=[\w-]+$/);
  assert.deepEqual(await decode(`#${fragment}`), variant);
  const packed = async (value: unknown): Promise<string> => encode(value as typeof variant);
  for (const bad of ["", "#views", "#v=", "#v=!!", `#${fragment.slice(0, 40)}`, await packed({ ...variant, seed: "7" }), await packed({ ...variant, set: [{}] }), await packed(null)])
    assert.equal(await decode(bad), null, bad.slice(0, 30));
});

test("fields of the schema have help, unit, default and choices", () => {
  const schema = new Schema({
    properties: { horizon: { description: "Length. In day. Default: 10 years", allOf: [{ $ref: "#/definitions/number" }] }, campuses: { description: "a site", additionalProperties: { $ref: "#/definitions/campuses" } } },
    definitions: {
      campuses: { properties: { grid: { description: "Steps.", allOf: [{ $ref: "#/definitions/map_of_grid" }] }, sink: { description: "What. Default: dry", else: { enum: ["dry", "tower", null] } } } },
      grid: { properties: { limit: { description: "Import limit. In MW.", allOf: [{ $ref: "#/definitions/number" }] } } },
    },
  });
  assert.deepEqual(schema.classes(), [{ key: "campuses", help: "A site.", rows: "campuses" }]);
  assert.deepEqual(schema.top(), [{ key: "horizon", help: "Length.", unit: "day", fallback: "10 years", choices: null, rows: null }]);
  assert.deepEqual(schema.at("campuses.mesa.grid.main.limit"), { key: "limit", help: "Import limit.", unit: "MW", fallback: null, choices: null, rows: null });
  assert.deepEqual(schema.at("campuses.mesa 2.1.sink")?.choices, ["dry", "tower"]);
  assert.equal(schema.at("campuses.mesa.nothing"), null);
});

test("what moved most comes first", () => {
  const run = (odds: number[], spent: number): RunDocument =>
    ({ promises: odds.map((probability, i) => ({ id: `P${i}`, says: "", probability, p50_date: null })), metrics: { "programme.spent_usd": { unit: "USD", mean: spent }, "programme.it_mw": { unit: "MW", mean: 1 } }, parties: { A: { npv_usd: { mean: 5 } } } }) as unknown as RunDocument;
  const [a, b] = [run([0.1, 0.5, 0.9], 10), run([0.15, 0.5, 0.4], 30)];
  assert.deepEqual(movedPromises(a, b).map((m) => [m.id, Math.round(m.delta * 100)]), [["P2", -50], ["P0", 5], ["P1", 0]]);
  assert.deepEqual(movedMoney(a, b, 6), [{ what: "spent", a: 10, b: 30, delta: 20 }]);
});
