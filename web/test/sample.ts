// A document as small as one can be, and a promise for it.
import type { PromiseOdds, RunDocument, Series } from "../src/data/document.ts";

export function promise(changes: Partial<PromiseOdds> = {}): PromiseOdds {
  return {
    id: "P1", who: "Owner", says: "one gigawatt", perimeter: "programme", metric: "campus.mesa.capacity_mw", series: "campus.mesa.capacity_mw", kind: "at_least", threshold: 1000,
    unit: "MW", by: "2025-12", source: "S0", probability: 0.25, planned_kept: true, planned_date: "2025-10", p10_date: "2025-11", p50_date: "2026-03", p90_date: null, influence: [], ...changes,
  };
}

export function series(month: string[], values: number[], unit = "MW"): Series {
  return { unit, month, plan: values, mean: values, p5: values, p10: values, p50: values, p90: values, p95: values };
}

export function sample(changes: Partial<RunDocument> = {}): RunDocument {
  return {
    schema: "stargate.run/1", version: "0.1.0", programme: "Probe", as_of: "2025-01-21", seed: 1, scenarios: 400, promises: [promise()], metrics: {}, series: {},
    delay: { mesa: { share: { none: 0.1, grid: 0.6, money: 0.3 }, without: { grid: { P1: 0.5 }, money: { P1: 0.3 } } } }, parties: {}, horizon: { from: "2025-01", to: "2029-12" }, ...changes,
  };
}
