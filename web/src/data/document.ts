// The document of a run: what `stargate run --json` writes, schema stargate.run/1. Keys that older programs did not write
// are optional; a view says what is missing.

/** "2025-12"; null: not within the simulated months. */
export type Month = string | null;

export interface Influence {
  input: string;
  share: number; // of the variance of keeping the promise
  trend: number; // -1 .. 1: larger values help or harm
  source: string | null;
}

export interface PromiseOdds {
  id: string;
  who: string | null;
  says: string | null;
  perimeter: string;
  metric: string;
  series: string;
  kind: "at_least" | "at_most";
  threshold: number;
  unit: string;
  by: string;
  source: string | null;
  probability: number | null;
  planned_kept: boolean;
  planned_date: Month;
  p10_date: Month;
  p50_date: Month;
  p90_date: Month;
  influence: Influence[];
}

export interface Quantiles {
  mean: number | null;
  p5: number | null;
  p10: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
}

export interface Metric extends Quantiles {
  unit: string;
  plan?: number | null;
}

/** One number a month in every list. */
export interface Series {
  unit: string;
  month: string[];
  plan: (number | null)[];
  mean: (number | null)[];
  p5: (number | null)[];
  p10: (number | null)[];
  p50: (number | null)[];
  p90: (number | null)[];
  p95: (number | null)[];
}

export interface CampusDelay {
  share: Record<string, number | null>;
  without: Record<string, Record<string, number | null>>; // cause -> promise -> odds
}

export interface PartyValue {
  cash_in_usd: Quantiles;
  cash_out_usd: Quantiles;
  npv_usd: Quantiles;
  rate: number;
  inside: boolean;
  perimeter: string[];
}

export interface Command {
  file: string;
  seed: number | string;
  scenarios: number;
  set: { path: string; value: string }[];
  version: string;
}

export interface Fact {
  id: string;
  metric: string;
  series: string;
  date: string;
  value: number;
  tolerance?: number | null;
  source: string | null;
}

export interface Campus {
  it_mw?: number | null;
  capacity_mw_plan?: number | null;
  racks?: string | null;
  grid?: { limit_mw: number | null; from: Month }[];
  [key: string]: unknown;
}

export interface Dates {
  p10: Month;
  p50: Month;
  p90: Month;
}

export interface Building {
  campus: string;
  building: number;
  type: string | null;
  it_mw: number | null;
  planned: { begin: Month; power: Month; done: Month };
  begin: Dates;
  power: Dates;
  done: Dates;
  state: Record<string, number>;
  state_by_year: Record<string, Record<string, number>>;
}

export interface DelayByYear {
  year: (number | string)[];
  mw_months: Record<string, number[]>;
  campus: Record<string, Record<string, number[]>>;
}

export interface Flow {
  from: string;
  to: string;
  kind: string;
  mean_usd: number;
  p10_usd: number;
  p90_usd: number;
}

export interface Covenant {
  loan: string;
  borrower: string;
  dscr_lock_up: number | null;
  dscr_default: number | null;
}

export interface DocumentInput {
  path: string;
  text: string | null;
  unit: string | null;
  plan: number | string | null;
  p5: number | string | null;
  p50: number | string | null;
  p95: number | string | null;
  distribution: string | null;
  source: string | null;
  as_of: string | null;
  given: boolean;
  influence: Record<string, number>;
}

export interface Score {
  domain: string;
  what: string;
  figure: number | string;
  unit: string | null;
  bar: number | string | null;
  met: boolean | null;
  command: string | null;
}

export interface RunDocument {
  schema: string;
  version: string;
  programme: string;
  as_of: string;
  seed: number | string;
  scenarios: number;
  cancelled?: boolean;
  scenarios_wanted?: number;
  promises: PromiseOdds[];
  metrics: Record<string, Metric>;
  series: Record<string, Series>;
  delay: Record<string, CampusDelay>;
  parties: Record<string, PartyValue>;
  joint?: { month: string[]; capex_usd: (number | null)[]; odds: (number | null)[][] };
  facts?: { held: number; redrawn: number; unmatched: number; compared: number };
  command?: Command;
  horizon?: { from: string; to: string };
  facts_known?: Fact[];
  campuses?: Record<string, Campus>;
  schedule?: Building[];
  delay_by_year?: DelayByYear;
  flows?: Flow[];
  covenants?: Covenant[];
  inputs?: DocumentInput[];
  validation?: Score[];
}
