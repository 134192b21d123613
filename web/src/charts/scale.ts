// Scales and ticks: plain arithmetic.

export interface Linear {
  (value: number): number;
}

export function linear(from: number, to: number, low: number, high: number): Linear {
  const span = to - from || 1;
  return (value) => low + ((value - from) / span) * (high - low);
}

/** Round steps (1, 2, 5 by powers of ten) that cover [low, high] with about `wanted` of them. */
export function ticks(low: number, high: number, wanted = 4): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => s >= rough * 0.999) ?? 10 * power;
  const out: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) out.push(Number((k * step).toPrecision(12)));
  return out;
}

/** A bound that ends on a tick. */
export function roundUp(high: number, wanted = 4): number {
  if (!(high > 0)) return 1;
  const list = ticks(0, high, wanted);
  const step = (list[1] ?? high) - (list[0] ?? 0) || high;
  return Math.ceil(high / step - 1e-9) * step;
}

/** Januaries between two months (indices since year 0), thinned until labels of `least` pixels fit. */
export function yearTicks(from: number, to: number, pixels: number, least = 44): number[] {
  const years: number[] = [];
  for (let at = Math.ceil(from / 12) * 12; at <= to; at += 12) years.push(at);
  const every = [1, 2, 5, 10, 20, 50].find((k) => (pixels * 12 * k) / Math.max(1, to - from) >= least) ?? 100;
  return years.filter((at) => (at / 12) % every === 0 || every === 1);
}

/** Columns for n things of which at most `most` fit beside one another, so that the rows are about equally full. */
export function balanced(n: number, most: number): number {
  const rows = Math.ceil(n / Math.max(1, most));
  return Math.max(1, Math.ceil(n / rows));
}
