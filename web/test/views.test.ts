import assert from "node:assert/strict";
import { test } from "node:test";
import { delayShares, delayTotals, tellingPromise, withoutCause } from "../src/data/derive.ts";
import { ranked } from "../src/data/causes.ts";
import { barText, byInfluence, commandLine, valueText } from "../src/views/belief.ts";
import { covenantLevels } from "../src/views/money.ts";
import { releases } from "../src/views/machine.ts";
import { likeliest, typicalDelay } from "../src/views/schedule.ts";
import { condition, promiseSentence, promisesSentence } from "../src/views/sentences.ts";
import type { Building, DocumentInput } from "../src/data/document.ts";
import { promise, sample, series } from "./sample.ts";

test("a promise in one sentence: odds, dates, causes", () => {
  assert.equal(
    promiseSentence(sample(), promise()),
    "At least 1 GW of capacity at mesa by December 2025 came true in 100 of 400 scenarios (25 %). By plan it is October 2025; half of the scenarios get there by March 2026. Of the delay at mesa, 60 % is grid and 30 % is money.",
  );
  assert.match(promiseSentence(sample(), promise({ probability: 0, p50_date: null, planned_date: null })), /none of 400 scenarios\. Even the plan does not get there; most scenarios do not get there before the end of 2029\./);
  assert.equal(
    promiseSentence(sample(), promise({ kind: "at_most", threshold: 0, unit: "USD", metric: "party.Tenant.arrears_usd", probability: 1 })),
    "No unpaid bills of Tenant by December 2025 came true in all of 400 scenarios.",
  );
});

test("conditions", () => {
  assert.equal(condition(promise({ metric: "programme.spent_usd", unit: "USD", threshold: 5e11 })), "at least $500 billion spent");
  assert.equal(condition(promise({ metric: "campus.mesa.gpus", unit: "GPU", threshold: 1e5 })), "at least 100,000 GPUs at mesa");
  assert.equal(condition(promise({ metric: "programme.campuses", unit: "", threshold: 5 })), "at least 5 campuses");
  assert.equal(condition(promise({ metric: "campus.ohio.buildings", unit: "", threshold: 1 })), "at least 1 building at ohio");
  assert.equal(condition(promise({ metric: "party.OpenAI.cash_out_usd", unit: "USD", threshold: 2.5e9 })), "at least $2.5 billion paid by OpenAI");
});

test("all promises in one sentence", () => {
  const doc = sample({ promises: [promise(), promise({ id: "B", probability: 0.7 }), promise({ id: "C", probability: 0, planned_kept: false })] });
  assert.equal(promisesSentence(doc), "Of 3 promises 1 is more likely kept than not and 1 has odds below 1 %, although the plan itself keeps 2.");
});

test("the promise that is told first: megawatts that the plan keeps and the odds do not", () => {
  const list = [promise({ id: "usd", unit: "USD", probability: 0 }), promise({ id: "200", threshold: 200, probability: 0.1 }), promise({ id: "1000", probability: 0.02 }), promise({ id: "9000", threshold: 9000, probability: 0, planned_kept: false })];
  assert.equal(tellingPromise(list)?.id, "1000");
  assert.equal(tellingPromise([]), undefined);
});

test("causes: of the campus, or of all; never 'none'", () => {
  assert.deepEqual(delayShares(sample(), promise())?.where, "mesa");
  assert.deepEqual(ranked(delayShares(sample(), promise())!.share).map((r) => r.cause.word), ["grid", "money"]);
  const doc = sample({ delay_by_year: { year: ["2025", "2026"], mw_months: { none: [0, 0], grid: [1, 2], chips: [0, 1] }, campus: {} } });
  assert.deepEqual(delayTotals(doc), { none: 0, grid: 0.75, chips: 0.25 });
  assert.equal(delayShares(doc, promise({ metric: "programme.spent_usd" }))?.where, "all campuses");
  assert.equal(delayShares(sample(), promise({ metric: "programme.spent_usd" })), null);
  assert.deepEqual(withoutCause(sample(), "P1").map((w) => w.word), ["grid", "money"]);
  assert.deepEqual(withoutCause(sample({ delay: {} }), "P1"), []);
});

test("covenants as lines, each level once", () => {
  const levels = covenantLevels([
    { loan: "a", borrower: "X", dscr_lock_up: 1.15, dscr_default: 1.05 },
    { loan: "b", borrower: "X", dscr_lock_up: null, dscr_default: 1.05 },
  ]);
  assert.deepEqual(levels, [{ value: 1.15, label: "a lock-up 1.15" }, { value: 1.05, label: "a default, b default 1.05" }]);
});

test("releases follow the share of scenarios", () => {
  const s = { ...series(["2025-01", "2025-02", "2025-03"], [0, 0.1, 0.6], ""), plan: [0, 1, 1] };
  const [r] = releases(sample({ series: { "run.first.released": s } }));
  assert.deepEqual([r?.name, r?.plan, r?.p10, r?.p50, r?.p90, r?.odds], ["first", "2025-02", "2025-02", "2025-03", null, 0.6]);
});

test("schedule: likeliest state, typical delay", () => {
  assert.deepEqual(likeliest({ construction: 0.4, operating: 0.6 }), { word: "operating", share: 0.6 });
  const b = (planned: string | null, p50: string | null) => ({ planned: { begin: null, power: null, done: planned }, done: { p10: null, p50, p90: null } }) as unknown as Building;
  assert.equal(typicalDelay([b("2025-01", "2025-03"), b("2025-01", "2026-01"), b("2025-01", null)]), 2);
  assert.equal(typicalDelay([b(null, null)]), null);
});

test("assumptions: by influence, then uncertain before certain", () => {
  const input = (path: string, share: number, distribution = "normal"): DocumentInput => ({ path, text: null, unit: "day", plan: 1, p5: 60, p50: 90, p95: 180, distribution, source: null, as_of: null, given: false, influence: share ? { P1: share } : {} });
  const list = [input("c", 0, "constant"), input("b", 0.1), input("d", 0), input("a", 0.4)];
  assert.deepEqual(byInfluence(list, "P1").map((i) => i.path), ["a", "b", "d", "c"]);
  assert.deepEqual(byInfluence(list, null).map((i) => i.path), ["a", "b", "d", "c"]);
  assert.equal(valueText(list[0]!), "90 days (5–95 %: 60 days to 180 days)");
  assert.equal(valueText({ ...list[0]!, unit: "frac", p5: 0.3, p50: 0.6, p95: 1 }), "60 % (5–95 %: 30 % to 100 %)");
  assert.equal(valueText({ ...list[0]!, p5: null, text: "50 MW" }), "50 MW");
  assert.equal(barText("<= 0.1", "frac"), "at most 10 %");
});

test("the command that repeats a run", () => {
  const doc = sample({ command: { file: "my plan.yaml", seed: 7, scenarios: 400, set: [{ path: "a.b", value: "it's 5 MW" }], version: "0.1.0" } });
  assert.equal(commandLine(doc), `stargate run 'my plan.yaml' --scenarios 400 --seed 1 --set 'a.b=it'\\''s 5 MW'`);
});
