#include "value_forms.h"

// clang-format off
const value_form value_forms[] = {
  { "normal", { "mean", "sd" }, 0, "{distribution: normal, mean: 400 MW, sd: 30 MW}", "Bell curve: mean and standard deviation." },
  { "lognormal", { "median", "p95" }, 0, "{distribution: lognormal, median: 360 MW, p95: 450 MW}", "Positive, with a long upper tail: median and 95th percentile." },
  { "uniform", { "low", "high" }, 0, "{distribution: uniform, low: 300 MW, high: 450 MW}", "Every value from low to high is as likely as another." },
  { "triangular", { "low", "mode", "high" }, 0, "{distribution: triangular, low: 300 MW, mode: 400 MW, high: 450 MW}", "Least, most likely and greatest value." },
  { "weibull", { "scale", "shape" }, 2, "{distribution: weibull, scale: 400 MW, shape: 2.5}", "Times to failure: scale, and a shape without unit." },
  { "exponential", { "mean" }, 0, "{distribution: exponential, mean: 400 MW}", "Times between independent events: mean." },
  { "beta", { "alpha", "beta", "low", "high" }, 3, "{distribution: beta, alpha: 2, beta: 5, low: 300 MW, high: 450 MW}", "Two shapes without unit, on low to high." },
  { "pareto", { "scale", "tail" }, 2, "{distribution: pareto, scale: 300 MW, tail: 3}", "Heavy tail: least value, and a tail index without unit (smaller is heavier)." },
  { "event", { "odds" }, 1, "{distribution: event, odds: 0.2}", "1 with these odds, else 0." },
};

const value_key value_key_rows[] = {
  { "value", "scalar", "The value itself, certain or `a to b`, where more is said of it beside." },
  { "source", "text", "Where it comes from: citation with date. Without it the value is listed as an assumption." },
  { "as_of", "date", "When it was known; refused when that is later than the programme's as_of." },
  { "share", "variance_shares", "How its variance is shared out: {programme: 30 %, campus: 30 %, building: 40 %}. What is common to the programme does not average away over many buildings." },
  { "plan", "scalar", "Its value in the plan run; default: the median." },
  { "loads", "loadings", "Correlation with the factors, on the normal scale: {demand: 50 %}. `factors` at the top of the file names more." },
  { "note", "text", "Anything worth saying." },
  { "population", "scalar", "What the figures of a base rate were counted on." },
  { "tells_of", "names", "Programmes that the figures tell of: those may not use them." },
  { "values", "table", "Empirical table: [18 months, 24 months, ...], each as likely, linear between." },
  { "mixture", "mixture", "One of several: [{weight: 70 %, value: 300 to 450 MW}, {weight: 30 %, value: 0 MW}]." },
  { "distribution", "distribution", "A named distribution; its parameters stand beside it." },
  { "mean", "scalar", NULL }, { "sd", "scalar", NULL }, { "median", "scalar", NULL }, { "p95", "scalar", NULL },
  { "low", "scalar", NULL }, { "high", "scalar", NULL }, { "mode", "scalar", NULL }, { "scale", "scalar", NULL },
  { "shape", "scalar", NULL }, { "alpha", "scalar", NULL }, { "beta", "scalar", NULL }, { "tail", "scalar", NULL },
  { "odds", "scalar", NULL },
};

const common_key common_keys[] = {
  { "like", COMMON_ROW, "text", "Another row of the same class that this one repeats, but for what it says itself." },
  { "source", COMMON_ROW, "text", "Where the values of this row come from." },
  { "as_of", COMMON_ROW, "date", "When they were known." },
  { "note", COMMON_ROW, "text", "Anything worth saying." },
  { "tells_of", COMMON_ROW, "names", "Programmes that the values tell of: those may not use them." },
  { "count", COMMON_COPIES, "count", "How many copies of this row, named NAME-1, NAME-2, ..." },
  { "inputs", COMMON_TOP, "values", "Named draws: {gpu-price: $2.8M to $4.2M}. A field that gives the name takes that one draw, wherever it stands." },
  { "base_rates", COMMON_TOP, "values", "Named distributions, drawn anew for each field that gives the name; those of the catalogue stand beside them." },
  { "factors", COMMON_TOP, "factors", "Up to three common causes beside `demand` that values may load on." },
};
// clang-format on

const size_t value_form_count = sizeof value_forms / sizeof value_forms[0];
const size_t value_key_count = sizeof value_key_rows / sizeof value_key_rows[0];
const size_t common_key_count = sizeof common_keys / sizeof common_keys[0];
