// What views compute from the document: nothing that it says itself is computed anew.
import type { PromiseOdds, RunDocument, Series } from "./document.ts";

/** Where the delay behind a promise came from: of its campus, or of all. Null: the document does not tell. */
export function delayShares(doc: RunDocument, promise: PromiseOdds): { where: string; share: Record<string, number> } | null {
  const campus = promise.metric.startsWith("campus.") ? promise.metric.split(".")[1] : undefined;
  const own = campus ? doc.delay?.[campus] : undefined;
  if (campus && own) {
    const share: Record<string, number> = {};
    for (const [word, value] of Object.entries(own.share)) share[word] = value ?? 0;
    return { where: campus, share };
  }
  const total = delayTotals(doc);
  return total ? { where: "all campuses", share: total } : null;
}

/** Shares of all megawatt-months that were late, by cause; null: none or unknown. */
export function delayTotals(doc: RunDocument, campus?: string): Record<string, number> | null {
  const rows = campus ? doc.delay_by_year?.campus?.[campus] : doc.delay_by_year?.mw_months;
  if (!rows) return null;
  const sums = Object.entries(rows).map(([word, years]) => [word, years.reduce((sum, x) => sum + x, 0)] as const);
  const all = sums.reduce((sum, [, x]) => sum + x, 0);
  return all > 0 ? Object.fromEntries(sums.map(([word, x]) => [word, x / all])) : null;
}

/** Odds of a promise with each cause removed, best first. */
export function withoutCause(doc: RunDocument, id: string): { word: string; probability: number }[] {
  const campus = Object.values(doc.delay ?? {})[0];
  return Object.entries(campus?.without ?? {})
    .flatMap(([word, byPromise]) => {
      const probability = byPromise[id];
      return typeof probability === "number" ? [{ word, probability }] : [];
    })
    .sort((a, b) => b.probability - a.probability);
}

/** The promise that is told first: planned to be kept, of megawatts, and least likely; of equals the greatest. */
export function tellingPromise(promises: readonly PromiseOdds[]): PromiseOdds | undefined {
  const rank = (p: PromiseOdds): number => (p.unit === "MW" ? 2 : 0) + (p.planned_kept ? 1 : 0);
  return [...promises].sort(
    (a, b) => rank(b) - rank(a) || (a.probability ?? 0) - (b.probability ?? 0) || b.threshold - a.threshold || a.id.localeCompare(b.id),
  )[0];
}

/** First month in which a series reaches a level; null: never. */
export function monthReaching(series: Series, level: number): string | null {
  const at = series.mean.findIndex((value) => value !== null && value >= level);
  return at < 0 ? null : (series.month[at] ?? null);
}

/** Index of the last month of the calendar year, or of the last month. */
export function endOfYear(series: Series, year: string): number {
  const at = series.month.lastIndexOf(`${year}-12`);
  return at >= 0 ? at : series.month.length - 1;
}

/** Greatest of several rows; 0 where all are empty. */
export function greatest(...rows: readonly (readonly (number | null)[])[]): number {
  let most = 0;
  for (const row of rows) for (const value of row) if (value !== null && value > most) most = value;
  return most;
}

export function campusNames(doc: RunDocument): string[] {
  const names = new Set(Object.keys(doc.campuses ?? doc.delay ?? {}));
  for (const name of Object.keys(doc.delay ?? {})) names.add(name);
  return [...names];
}
