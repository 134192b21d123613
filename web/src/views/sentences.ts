// The sentences of the promises: computed from the document's numbers, and tested alone.
import type { PromiseOdds, RunDocument } from "../data/document.ts";
import { delayShares } from "../data/derive.ts";
import { ranked } from "../data/causes.ts";
import { count, listed, monthName, odds, percent, quantity } from "../data/format.ts";

/** "campus.abilene.gpus" -> "GPUs at abilene". */
export function metricName(metric: string): string {
  const parts = metric.split(".");
  const key = parts[parts.length - 1] ?? metric;
  const NAMES: Record<string, string> = {
    capacity_mw: "of capacity",
    it_mw: "of IT load",
    gpus: "",
    spent_usd: "spent",
    equity_usd: "of equity paid in",
    arrears_usd: "of unpaid bills",
    jobs: "",
    buildings: "buildings",
    campuses: "campuses",
    cash_in_usd: "received",
    cash_out_usd: "paid",
  };
  const what = NAMES[key] ?? `of ${key.replace(/_(mw|mwh|usd|frac|month|m3|t)$/, "").replaceAll("_", " ")}`;
  const link = parts[0] === "campus" ? "at" : key.startsWith("cash_") ? "by" : "of";
  const where = parts.length === 3 ? `${link} ${parts[1]}` : "";
  return [what, where].filter(Boolean).join(" ");
}

/** "at least 1 GW of capacity at abilene". */
export function condition(p: PromiseOdds): string {
  const least = p.kind === "at_least";
  if (!least && p.threshold === 0) return `no ${metricName(p.metric).replace(/^of /, "")}`;
  const name = p.threshold === 1 && !p.unit ? metricName(p.metric).replace("buildings", "building").replace("campuses", "campus") : metricName(p.metric);
  return `${least ? "at least" : "at most"} ${quantity(p.threshold, p.unit)} ${name}`.trim();
}

/** "came true in 31 of 300 scenarios". */
export function timesKept(p: PromiseOdds, scenarios: number): string {
  const kept = Math.round((p.probability ?? 0) * scenarios);
  if (kept === 0) return `came true in none of ${count(scenarios)} scenarios`;
  if (kept === scenarios) return `came true in all of ${count(scenarios)} scenarios`;
  return `came true in ${count(kept)} of ${count(scenarios)} scenarios (${odds(p.probability)})`;
}

/** "at abilene", "of all campuses". */
export function placeOf(where: string): string {
  return where === "all campuses" ? `of ${where}` : `at ${where}`;
}

/** What was promised, how likely it is, when it comes instead, and why. */
export function promiseSentence(doc: RunDocument, p: PromiseOdds): string {
  const end = doc.horizon?.to;
  const parts = [`${capital(condition(p))} by ${monthName(p.by)} ${timesKept(p, doc.scenarios)}.`];
  if (p.kind === "at_least") {
    const plan = p.planned_date ? `By plan it is ${monthName(p.planned_date)}` : "Even the plan does not get there";
    const half = p.p50_date
      ? `half of the scenarios get there by ${monthName(p.p50_date)}`
      : `most scenarios do not get there${end ? ` before the end of ${end.slice(0, 4)}` : ""}`;
    parts.push(`${plan}; ${half}.`);
  }
  const late = delayShares(doc, p);
  const first = late ? ranked(late.share).slice(0, 3) : [];
  if (late && first.length && p.kind === "at_least")
    parts.push(`Of the delay ${placeOf(late.where)}, ${listed(first.map(({ cause, share }) => `${percent(share)} is ${cause.label}`))}.`);
  return parts.join(" ");
}

/** All promises in one sentence. */
export function promisesSentence(doc: RunDocument): string {
  const list = doc.promises.filter((p) => p.probability !== null);
  const likely = list.filter((p) => (p.probability ?? 0) >= 0.5).length;
  const remote = list.filter((p) => (p.probability ?? 0) < 0.01).length;
  const planned = list.filter((p) => p.planned_kept).length;
  return `Of ${list.length} promises ${likely} ${likely === 1 ? "is" : "are"} more likely kept than not and ${remote} ${remote === 1 ? "has" : "have"} odds below 1 %, although the plan itself keeps ${planned}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
