import assert from "node:assert/strict";
import { test } from "node:test";
import { dayName, digits, listed, monthIndex, monthName, monthOfIndex, odds, quantity } from "../src/data/format.ts";

test("quantities in the unit that people use", () => {
  const rows: [number, string, string][] = [
    [1000, "MW", "1 GW"],
    [999.9, "MW", "1 GW"],
    [250, "MW", "250 MW"],
    [5e11, "USD", "$500 billion"],
    [-6.11e9, "USD", "−$6.11 billion"],
    [0, "USD", "$0"],
    [100000, "GPU", "100,000 GPUs"],
    [1.944e6, "GPU", "1.94 million GPUs"],
    [20, "", "20"],
    [0.155, "percent", "15.5 %"],
    [2.5e9, "USD/yr", "$2.5 billion/yr"],
    [55, "USD/MWh", "$55/MWh"],
    [90, "day", "90 days"],
    [3, "widget", "3 widget"],
  ];
  for (const [value, unit, want] of rows) assert.equal(quantity(value, unit), want);
});

test("significant digits", () => {
  assert.equal(digits(0.0123456), "0.0123");
  assert.equal(digits(1234567), "1,234,567");
  assert.equal(digits(0), "0");
  assert.equal(digits(Number.NaN), "–");
  assert.equal(digits(-2.5), "−2.5");
});

test("odds claim no more than an ensemble can", () => {
  assert.deepEqual([0, 0.004, 0.01, 0.256, 0.99, 0.991, 1, null].map(odds), ["<1 %", "<1 %", "1 %", "26 %", "99 %", ">99 %", ">99 %", "–"]);
});

test("months there and back", () => {
  for (const month of ["2024-01", "2024-12", "2025-06"]) assert.equal(monthOfIndex(monthIndex(month)), month);
  assert.equal(monthIndex("2025-01") - monthIndex("2024-12"), 1);
  assert.equal(monthName("2025-12"), "December 2025");
  assert.equal(dayName("2025-01-21"), "21 January 2025");
  assert.equal(dayName("2024-06"), "June 2024");
});

test("lists", () => {
  assert.equal(listed(["a"]), "a");
  assert.equal(listed(["a", "b", "c"]), "a, b and c");
  assert.equal(listed([]), "");
});
