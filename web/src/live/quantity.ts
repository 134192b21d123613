// Numbers of an input in the words of a programme file, and sliders' ranges. Units are those of the document.

const monthDays = 30.436875; // 365.2425 / 12, as the engine counts
const dayMs = 86_400_000;

// 20332 days since 1970 -> 2025-09-01, or 2025-09 where it is the first of a month.
function date(day: number): string {
  const text = new Date(Math.round(day) * dayMs).toISOString().slice(0, 10);
  return text.endsWith("-01") ? text.slice(0, 7) : text;
}

function plain(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

const scales: [number, string][] = [[1e12, "T"], [1e9, "B"], [1e6, "M"]];

function money(value: number, per: string): string {
  const scale = scales.find(([size]) => Math.abs(value) >= size);
  const sum = scale === undefined ? plain(value) : `${plain(value / scale[0])} ${scale[1]}`;
  return `${sum} USD${per}`;
}

// A value as the file would say it, so that it can be given as an override: 0.65 frac -> 65 %.
export function write(value: number, unit: string | null): string {
  if (unit === null || unit === "" || unit === "x") return plain(value);
  if (unit === "date") return date(value);
  if (unit === "day") return Math.abs(value) < 2 * monthDays ? `${plain(value)} days` : `${plain(value / monthDays)} months`;
  if (unit.startsWith("frac")) return `${plain(value * 100)} %${unit.slice(4)}`;
  if (unit === "USD" || unit === "USD/yr") return money(value, unit.slice(3));
  return `${plain(value)} ${unit}`;
}

// The number of a text that `write` made; null for other words of the file's language, such as ranges.
export function read(text: string, unit: string | null): number | null {
  const date = unit === "date" ? numberOf(text) : null;
  if (unit === "date") return date;
  const found = /^(-?[\d.]+(?:e[+-]?\d+)?)\s*([TBM](?= USD))?\s*(.*)$/.exec(text);
  if (found === null) return null;
  const value = Number(found[1]) * (scales.find(([, name]) => name === found[2])?.[0] ?? 1);
  if (!Number.isFinite(value)) return null;
  const told = found[3] ?? "";
  if (unit === "day") return told === "months" ? value * monthDays : told === "days" ? value : null;
  if (unit?.startsWith("frac")) return told === `%${unit.slice(4)}` ? value / 100 : null;
  return told === (unit === "x" ? "" : (unit ?? "")) ? value : null;
}

// Numbers of the document; dates may stand there as text.
export function numberOf(value: number | string | null | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || !/^\d{4}(-\d\d){0,2}$/.test(value)) return null;
  const [year = 0, month = 1, day = 1] = value.split("-").map(Number);
  return Date.UTC(year, month - 1, day) / dayMs;
}

// True of a text that names a form and not its numbers: "lognormal", "(table)".
export function isBare(text: string): boolean {
  return /^(\(.*\)|[a-z]+)$/.test(text);
}

export interface Range {
  least: number;
  most: number;
  log: boolean;
}

// Where a slider may go: the 90 % band of the input and half of it on either side; for a fixed number a half to twice.
export function rangeOf(unit: string | null, plan: number, p5: number, p95: number): Range {
  let least: number, most: number;
  if (p95 > p5) {
    const spread = (p95 - p5) / 2;
    least = p5 - spread;
    most = p95 + spread;
  } else if (unit === "date") {
    least = plan - 365;
    most = plan + 3 * 365;
  } else if (plan === 0) {
    least = 0;
    most = 1;
  } else {
    least = Math.min(plan / 2, plan * 2);
    most = Math.max(plan / 2, plan * 2);
  }
  // What was never negative stays so, and a share stays a share.
  const low = Math.min(p5, plan), high = Math.max(p95, plan);
  if (unit !== "date" && low >= 0 && least < 0) least = 0;
  if (unit === "frac" && low >= 0 && high <= 1) most = Math.min(most, 1);
  const log = low > 0 && high / low > 20;
  if (log) {
    least = low / 2;
    most = high * 2;
  }
  return { least, most, log };
}

export const lastStop = 200;

// Position 0..200 of a slider <-> value.
export function toStop(range: Range, value: number): number {
  const share = range.log
    ? Math.log(value / range.least) / Math.log(range.most / range.least)
    : (value - range.least) / (range.most - range.least);
  return Math.max(0, Math.min(lastStop, Math.round(share * lastStop)));
}

export function fromStop(range: Range, stop: number, unit: string | null): number {
  const share = stop / lastStop;
  const value = range.log ? range.least * (range.most / range.least) ** share : range.least + (range.most - range.least) * share;
  if (unit !== "date") return value;
  // Dates go by whole months.
  const at = new Date(Math.round(value) * dayMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + (at.getUTCDate() > 15 ? 1 : 0), 1) / dayMs;
}
