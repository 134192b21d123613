// Numbers, units and dates as people read them. Tables and CSV carry the document's own numbers; these are for
// sentences, axes and labels.

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** Months since year 0: "2025-01" and "2025-01-21" alike. */
export function monthIndex(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
}

export function monthOfIndex(index: number): string {
  const year = Math.floor(index / 12);
  return `${String(year).padStart(4, "0")}-${String((index - year * 12) + 1).padStart(2, "0")}`;
}

/** "December 2025". */
export function monthName(month: string): string {
  return `${MONTHS[Number(month.slice(5, 7)) - 1] ?? ""} ${month.slice(0, 4)}`;
}

/** "Dec 2025". */
export function monthShort(month: string): string {
  return `${(MONTHS[Number(month.slice(5, 7)) - 1] ?? "").slice(0, 3)} ${month.slice(0, 4)}`;
}

/** "21 January 2025"; a month alone stays one. */
export function dayName(date: string): string {
  return date.length > 7 ? `${Number(date.slice(8, 10))} ${monthName(date)}` : monthName(date);
}

/** Significant digits, thousands apart; without an exponent but for what is next to nothing. */
export function digits(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  if (magnitude < -6) return value.toExponential(significant - 1).replace(/\.?0+e/, "e").replaceAll("-", "−");
  const places = Math.max(0, significant - 1 - magnitude);
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: 0, maximumFractionDigits: Math.min(places, 12) });
  return text.replace("-", "−");
}

export interface UnitScale {
  factor: number; // a shown number is the value over it
  prefix: string; // before a number
  suffix: string; // behind a number
  label: string; // of an axis
}

const STEPS: Record<string, [number, string, string, string][]> = {
  // least value, prefix, suffix, label
  MW: [
    [1000, "", " GW", "GW"],
    [0, "", " MW", "MW"],
  ],
  MWh: [
    [1e6, "", " TWh", "TWh"],
    [1e3, "", " GWh", "GWh"],
    [0, "", " MWh", "MWh"],
  ],
  "MW-month": [
    [1000, "", " GW-months", "GW-months"],
    [0, "", " MW-months", "MW-months"],
  ],
  USD: [
    [1e12, "$", " trillion", "trillion USD"],
    [1e9, "$", " billion", "billion USD"],
    [1e6, "$", " million", "million USD"],
    [0, "$", "", "USD"],
  ],
  GPU: [
    [1e6, "", " million GPUs", "million GPUs"],
    [1e4, "", " thousand GPUs", "thousand GPUs"],
    [0, "", " GPUs", "GPUs"],
  ],
  token: [
    [1e15, "", " quadrillion tokens", "quadrillion tokens"],
    [1e12, "", " trillion tokens", "trillion tokens"],
    [1e9, "", " billion tokens", "billion tokens"],
    [0, "", " tokens", "tokens"],
  ],
  job: [[0, "", " jobs", "jobs"]],
  frac: [[0, "", "", ""]],
  percent: [[0, "", " %", "%"]],
  month: [[0, "", " months", "months"]],
  day: [[0, "", " days", "days"]],
  x: [[0, "", "", ""]],
  "USD/GPU-h": [[0, "$", " a GPU-hour", "USD a GPU-hour"]],
  "USD/Mtok": [[0, "$", " a million tokens", "USD a million tokens"]],
  "": [[0, "", "", ""]],
};

/** How values of a unit up to `greatest` are shown. */
export function unitScale(unit: string, greatest: number): UnitScale {
  const [first, per] = unit.split("/", 2) as [string, string | undefined];
  if (per !== undefined && !STEPS[unit]) {
    const base = unitScale(first, greatest);
    return { ...base, suffix: `${base.suffix}/${per}`, label: `${base.label}/${per}` };
  }
  const steps = STEPS[unit] ?? [[0, "", unit ? ` ${unit}` : "", unit] as [number, string, string, string]];
  const size = Math.abs(greatest);
  const [least, prefix, suffix, label] = steps.find(([from]) => size >= from * 0.9995) ?? steps[steps.length - 1]!;
  return { factor: unit === "percent" ? 0.01 : least || 1, prefix, suffix, label };
}

/** Within a scale: "$1.2 billion". */
export function scaled(value: number, scale: UnitScale, significant = 3): string {
  const text = digits(value / scale.factor, significant);
  return `${text.startsWith("−") ? "−" : ""}${scale.prefix}${text.replace("−", "")}${scale.suffix}`;
}

/** "1 GW", "$500 billion", "100,000 GPUs". */
export function quantity(value: number, unit: string, significant = 3): string {
  if (unit === "GPU" && Math.abs(value) < 1e6) return scaled(value, { factor: 1, prefix: "", suffix: " GPUs", label: "" }, significant);
  return scaled(value, unitScale(unit, value), significant);
}

/** Odds without false certainty: an ensemble cannot tell none from hardly any. */
export function odds(probability: number | null): string {
  if (probability === null) return "–";
  if (probability < 0.01) return "<1 %";
  if (probability > 0.99) return ">99 %";
  return `${Math.round(probability * 100)} %`;
}

/** A share as percent. */
export function percent(share: number, places = 0): string {
  return `${(share * 100).toFixed(places)} %`;
}

/** Of counted things: 10000 -> "10,000". */
export function count(n: number): string {
  return n.toLocaleString("en-GB");
}

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items[items.length - 1]}`;
}
