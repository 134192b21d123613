import assert from "node:assert/strict";
import { test } from "node:test";
import { band, line } from "../src/charts/axes.ts";
import { seriesTable } from "../src/charts/fan.ts";
import { shownFlows } from "../src/charts/flows.ts";
import { balanced, linear, roundUp, ticks, yearTicks } from "../src/charts/scale.ts";
import { csv } from "../src/charts/table.ts";
import { series } from "./sample.ts";

test("ticks are round, inside, and about as many as wanted", () => {
  for (const [low, high] of [[0, 1], [0, 7.3], [0, 0.034], [-13, 88], [0, 5e11], [1, 1.3]] as const) {
    const list = ticks(low, high, 4);
    assert.ok(list.length >= 2 && list.length <= 9, `${low}..${high}: ${list.join(" ")}`);
    for (const t of list) assert.ok(t >= low - 1e-9 * (high - low) && t <= high * (1 + 1e-9), `${t} outside ${low}..${high}`);
    const step = list[1]! - list[0]!;
    const lead = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
    assert.ok([1, 2, 5, 10].some((k) => Math.abs(lead - k) < 1e-6), `step ${step}`);
  }
  assert.deepEqual(ticks(0, 10, 5), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(3, 3), [3]);
});

test("an axis ends on a tick at or above the greatest value", () => {
  for (const v of [0.3, 1, 4.2, 999, 5001]) {
    const end = roundUp(v);
    assert.ok(end >= v && end <= v * 2.5, `${v} -> ${end}`);
    assert.ok(ticks(0, end).includes(Number(end.toPrecision(12))), `${end} is no tick`);
  }
  assert.equal(roundUp(0), 1);
});

test("years thin out where room is short", () => {
  const from = 2025 * 12;
  assert.equal(yearTicks(from, from + 119, 600).length, 10);
  assert.equal(yearTicks(from, from + 119, 250).length, 5);
});

test("columns of small charts fill their rows", () => {
  assert.deepEqual([[1, 4], [5, 4], [6, 4], [9, 4], [3, 0]].map(([n, most]) => balanced(n!, most!)), [1, 3, 3, 3, 1]);
});

test("lines break where a month has no value, and bands follow the months exactly", () => {
  const id = linear(0, 1, 0, 1);
  assert.equal(line([0, 1, 2, 3], [1, null, 2, 3], id, id), "M0.0 1.0M2.0 2.0L3.0 3.0");
  assert.equal(band([0, 1], [0, 1], [2, 3], id, id), "M0.0 2.0L1.0 3.0L1.0 1.0L0.0 0.0Z");
  assert.equal(band([0, 1], [null, null], [null, null], id, id), "");
});

test("CSV: quotes, empty cells, exact numbers, no formulas", () => {
  const text = csv({ columns: ["a", 'b "x"'], rows: [[1.23456789012, null], ["x,y", "=1+1"], [-5, "-5"], ["line\nbreak", "ü"]] });
  assert.equal(text, 'a,"b ""x"""\r\n1.23456789012,\r\n"x,y",\'=1+1\r\n-5,\'-5\r\n"line\nbreak",ü\r\n');
});

test("the table of a fan carries the document's numbers, Decembers stay on paper", () => {
  const table = seriesTable(series(["2025-11", "2025-12"], [1, 2.000000001]), "x");
  assert.deepEqual(table.rows[1], ["2025-12", ...Array<number>(7).fill(2.000000001)]);
  assert.deepEqual(table.rows.map((r) => table.coarse!(r)), [false, true]);
});

test("flows to oneself and without money are not drawn", () => {
  const flow = (from: string, to: string, mean_usd: number) => ({ from, to, kind: "sales", mean_usd, p10_usd: 0, p90_usd: 0 });
  const shown = shownFlows([flow("A", "B", 50), flow("B", "B", 100), flow("B", "A", 0), flow("A", "C", 49), flow("C", "A", 1)], 0.02);
  assert.deepEqual(shown.map((f) => f.mean_usd), [50, 49]);
});
