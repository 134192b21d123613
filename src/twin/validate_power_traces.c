// Measured power of training runs against the law fitted on one of them: see power/traces.h.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/csv.h"
#include "../power/weather.h"
#include "../programme/embedded.h"
#include "validate_power_parts.h"

enum { NODES_MAX = 64 };

// One run: its meter and its readings.
typedef struct run {
  char        name[96];
  power_meter meter;
  bool        fit;
  int32_t     n, streams;
  double     *sum_w, *least_w, *node_w;  // (n), (n), (n x streams)
} run;

typedef struct trace_reader {
  arena     *a;
  sg_diags  *diags;
  csv_table  meters, summary;
  csv_table  file;  // of the last run, since several share one
  text_slice file_name;
} trace_reader;

static const double mean_tolerance_frac = 0.05, load_factor_tolerance = 0.05, step_tolerance_frac = 0.25;

static sg_err embedded_table(trace_reader *r, const char *name, csv_table *out) {
  diag_source *source = ARENA_NEW(r->a, diag_source, 1);  // places in the table point to it
  text_slice   note;
  if (!source) return SG_ERR_MEMORY;
  if (!programme_embedded_find(name, source))
    return diag_add(r->diags, SG_ERROR, SG_ERR_NAME, (diag_place){0}, NULL, "'%s' is not built in", name);
  return power_table_read(source, r->a, r->diags, out, &note);
}

static sg_err number_of(const trace_reader *r, const csv_table *t, int32_t row, const char *column, double *out) {
  const int32_t c = csv_column(t, column);
  if (c < 0)
    return diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), NULL, "column '%s' is missing", column);
  return power_table_number(t, row, c, 0.0, 1e12, r->diags, out);
}

static sg_err read_meter(const trace_reader *r, int32_t row, run *out) {
  double gpus = 0, nodes = 0;
  sg_err err = number_of(r, &r->meters, row, "gpu_W", &out->meter.gpu_w);
  if (!err) err = number_of(r, &r->meters, row, "gpus", &gpus);
  if (!err) err = number_of(r, &r->meters, row, "nodes", &nodes);
  if (!err) err = number_of(r, &r->meters, row, "conversion", &out->meter.conversion_frac);
  if (!err) err = number_of(r, &r->meters, row, "fan_frac", &out->meter.fan_frac);
  if (!err) err = number_of(r, &r->meters, row, "step_s", &out->meter.step_s);
  if (!err) err = number_of(r, &r->meters, row, "iteration_s", &out->meter.iteration_s);
  if (!err) err = number_of(r, &r->meters, row, "response_s", &out->meter.response_s);
  out->meter.gpus = (int32_t)gpus;
  out->meter.nodes = (int32_t)nodes;
  const text_slice name = csv_field(&r->meters, row, csv_column(&r->meters, "trace"));
  snprintf(out->name, sizeof out->name, "%.*s", name.n < 95 ? (int)name.n : 95, name.at);
  out->fit = text_equal(csv_field(&r->meters, row, csv_column(&r->meters, "use")), "fit");
  return err;
}

// Columns of readings: those of the nodes ("node0_W" ..), one alone, or the sum in kW with the least node.
typedef struct reading_columns {
  int32_t node[NODES_MAX], n_node, sum_kw, least;
} reading_columns;

static void find_readings(const csv_table *t, reading_columns *c) {
  *c = (reading_columns){.sum_kw = -1, .least = csv_column(t, "min_node_W")};
  for (int32_t i = 0; i < t->n_column; i++) {
    const text_slice head = t->head[i];
    if (head.n > 4 && !memcmp(head.at, "sum_", 4)) c->sum_kw = i;
    else if (head.n > 4 && !memcmp(head.at, "node", 4) && c->n_node < NODES_MAX) c->node[c->n_node++] = i;
  }
}

static bool row_is_of(const csv_table *t, int32_t row, text_slice benchmark, text_slice number) {
  if (benchmark.n == 0) return true;
  const text_slice b = csv_field(t, row, csv_column(t, "benchmark")), k = csv_field(t, row, csv_column(t, "run"));
  return b.n == benchmark.n && !memcmp(b.at, benchmark.at, b.n) && k.n == number.n && !memcmp(k.at, number.at, k.n);
}

static sg_err read_sample(const trace_reader *r, const reading_columns *c, int32_t row, run *out) {
  sg_err  err = SG_OK;
  double  total = 0.0;
  double *at = out->node_w + (size_t)out->n * (size_t)out->streams;
  for (int32_t s = 0; s < c->n_node && !err; s++) {
    err = power_table_number(&r->file, row, c->node[s], 0.0, 1e9, r->diags, &at[s]);
    total += at[s];
  }
  if (!err && c->n_node == 0) {
    err = power_table_number(&r->file, row, c->sum_kw, 0.0, 1e9, r->diags, &total);
    total *= 1000.0;
    at[0] = total;
  }
  if (!err && c->least >= 0)
    err = power_table_number(&r->file, row, c->least, 0.0, 1e9, r->diags, &out->least_w[out->n]);
  out->sum_w[out->n++] = total;
  return err;
}

static sg_err read_run(trace_reader *r, int32_t row, run *out) {
  const text_slice file = csv_field(&r->meters, row, csv_column(&r->meters, "file"));
  const text_slice benchmark = csv_field(&r->meters, row, csv_column(&r->meters, "benchmark"));
  const text_slice number = csv_field(&r->meters, row, csv_column(&r->meters, "run"));
  reading_columns  c;
  char             name[200];
  sg_err           err = read_meter(r, row, out);
  if (!err && !(file.n == r->file_name.n && !memcmp(file.at, r->file_name.at, file.n))) {
    snprintf(name, sizeof name, "power-traces/%.*s", file.n < 150 ? (int)file.n : 150, file.at);
    err = embedded_table(r, name, &r->file);
    r->file_name = file;
  }
  if (err) return err;
  find_readings(&r->file, &c);
  if (c.n_node == 0 && c.sum_kw < 0)
    return diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(&r->file, -1, -1), NULL, "no column holds a reading");
  out->streams = c.n_node ? c.n_node : 1;
  out->sum_w = ARENA_NEW(r->a, double, r->file.n_row + 1);
  out->least_w = ARENA_NEW(r->a, double, r->file.n_row + 1);
  out->node_w = ARENA_NEW(r->a, double, (size_t)(r->file.n_row + 1) * (size_t)out->streams);
  if (!out->sum_w || !out->least_w || !out->node_w) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < r->file.n_row && !err; i++)
    if (row_is_of(&r->file, i, benchmark, number)) err = read_sample(r, &c, i, out);
  if (!err && out->n < 2)
    err = diag_add(r->diags, SG_ERROR, SG_ERR_RANGE, csv_place(&r->meters, row, -1), NULL, "the run has no samples");
  return err;
}

static bool is_held(const trace_reader *r, const char *name) {
  for (int32_t i = 0; i < r->summary.n_row; i++)
    if (text_equal(csv_field(&r->summary, i, 0), name)) return true;
  return false;
}

static void compare(validate_report *report, const run *of, bool held, const char *quantity, const char *unit,
                    double computed, double expected, double tolerance) {
  validate_row *row = validate_add_row(report, of->name, quantity, unit);
  if (!row) return;
  const bool ok = fabs(computed - expected) <= tolerance;
  row->computed = computed;
  row->expected = expected;
  row->rel_error = computed / expected - 1.0;
  if (held) {
    row->tolerance = tolerance;
    row->status = ok ? "ok" : "off";
    report->holds = report->holds && ok;
  } else {
    snprintf(row->why, sizeof row->why, "shown, not held to: %s; %s",
             of->fit ? "the law is fitted on it" : "no row of trace_summary.csv",
             ok ? "within the bound" : "beyond the bound");
  }
}

static void compare_run(validate_report *report, const run *of, const power_trace_law *law, bool held) {
  power_trace_figures seen, said;
  power_trace_measure(of->sum_w, of->n, &seen);
  power_trace_predict(law, &of->meter, of->node_w, of->n, of->streams, &said);
  compare(report, of, held, "mean", "W", said.mean_w, seen.mean_w, mean_tolerance_frac * seen.mean_w);
  compare(report, of, held, "load factor", "frac", said.load_factor_frac, seen.load_factor_frac, load_factor_tolerance);
  compare(report, of, held, "largest step", "frac", said.step_frac, seen.step_frac,
          step_tolerance_frac * seen.step_frac);
}

static sg_err fit(trace_reader *r, const run *of, validate_power_traces_out *out) {
  double *scratch = ARENA_NEW(r->a, double, of->n);
  if (!scratch) return SG_ERR_MEMORY;
  power_trace_fit(of->sum_w, of->least_w, of->n, &of->meter, scratch, &out->law);
  power_trace_measure(of->sum_w, of->n, &out->fit);
  out->fit_gpus = of->meter.gpus;
  out->fit_kwh = 0.0;
  for (int32_t i = 1; i < of->n; i++)  // trapezoids, as the submitter integrates
    out->fit_kwh += 0.5 * (of->sum_w[i] + of->sum_w[i - 1]) * of->meter.step_s / 3.6e6;
  return SG_OK;
}

sg_err validate_power_traces(arena *a, sg_diags *diags, validate_report *report, validate_power_traces_out *out) {
  trace_reader r = {.a = a, .diags = diags};
  sg_err       err = embedded_table(&r, "power-traces/meters.csv", &r.meters);
  if (!err) err = embedded_table(&r, "power-traces/trace_summary.csv", &r.summary);
  if (err) return err;
  run   *all = ARENA_NEW(a, run, r.meters.n_row + 1);
  double b200 = 0.0, n_b200 = 0.0;
  bool   fitted = false;
  if (!all) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < r.meters.n_row && !err; i++) {
    err = read_run(&r, i, &all[i]);
    if (!err && all[i].fit) err = fit(&r, &all[i], out);
    fitted = fitted || all[i].fit;
  }
  if (!err && !fitted)
    err = diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(&r.meters, -1, -1), NULL, "no run is there to fit on");
  if (err) return err;
  for (int32_t i = 0; i < r.meters.n_row; i++) {
    power_trace_figures seen;
    compare_run(report, &all[i], &out->law, !all[i].fit && is_held(&r, all[i].name));
    power_trace_measure(all[i].sum_w, all[i].n, &seen);
    if (all[i].meter.gpus != 8 || all[i].meter.gpu_w != 1000.0) continue;
    b200 += seen.mean_w / all[i].meter.gpus;
    n_b200++;
  }
  out->b200_w_per_gpu = n_b200 > 0.0 ? b200 / n_b200 : (double)NAN;
  validate_add_value(report, "trace_host_w_per_gpu", out->law.host_w);
  validate_add_value(report, "trace_idle_frac", out->law.idle_frac);
  validate_add_value(report, "trace_mean_frac", out->law.mean_frac);
  validate_add_value(report, "trace_median_frac", out->law.median_frac);
  validate_add_value(report, "trace_step_frac", out->law.step_frac);
  validate_add_value(report, "trace_noise_frac", out->law.noise_frac);
  return SG_OK;
}
