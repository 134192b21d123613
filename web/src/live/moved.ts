// What moved from a variant A to a variant B: odds and dates of promises, money; the largest move first.
import type { RunDocument } from "../data/document.ts";

export interface MovedPromise {
  id: string;
  says: string;
  a: number | null;
  b: number | null;
  delta: number;
  dateA: string | null;
  dateB: string | null;
}

export interface MovedMoney {
  what: string;
  a: number;
  b: number;
  delta: number;
}

export function movedPromises(a: RunDocument, b: RunDocument): MovedPromise[] {
  const before = new Map(a.promises.map((p) => [p.id, p]));
  const rows = b.promises.flatMap((p) => {
    const old = before.get(p.id);
    if (old === undefined) return [];
    return [{ id: p.id, says: p.says ?? p.id, a: old.probability, b: p.probability, delta: (p.probability ?? 0) - (old.probability ?? 0), dateA: old.p50_date, dateB: p.p50_date }];
  });
  return rows.sort((x, y) => Math.abs(y.delta) - Math.abs(x.delta));
}

// Means over the horizon: the programme's own sums, and what each party gains.
export function movedMoney(a: RunDocument, b: RunDocument, most: number): MovedMoney[] {
  const rows: MovedMoney[] = [];
  const add = (what: string, x: number | null | undefined, y: number | null | undefined): void => {
    if (typeof x === "number" && typeof y === "number" && x !== y) rows.push({ what, a: x, b: y, delta: y - x });
  };
  for (const [name, metric] of Object.entries(b.metrics))
    if (metric.unit === "USD" && name.startsWith("programme.")) add(words(name), a.metrics[name]?.mean, metric.mean);
  for (const [name, party] of Object.entries(b.parties)) add(`net present value of ${name}`, a.parties[name]?.npv_usd.mean, party.npv_usd.mean);
  return rows.sort((x, y) => Math.abs(y.delta) - Math.abs(x.delta)).slice(0, most);
}

// programme.spent_usd -> spent
function words(metric: string): string {
  return metric.replace(/^programme\./, "").replace(/_usd$/, "").replaceAll("_", " ");
}
