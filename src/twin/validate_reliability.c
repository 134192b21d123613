#include "validate_reliability.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../operations/goodput.h"
#include "../operations/operations.h"
#include "../operations/spares.h"
#include "validate_capital_case.h"
#include "validate_reliability_rows.h"

typedef struct reading_run {
  arena           *a;
  sg_diags        *diags;
  validate_report *out;
  csv_table        t;
} reading_run;

// ---- Columns and rows --------------------------------------------------------------------------------------------------

static sg_err open_table(reading_run *r, const diag_source *source, const char *const *name, int32_t *column, int n) {
  sg_err err = validate_table_read(source, r->a, r->diags, &r->t);
  if (err) return err;
  for (int i = 0; i < n; i++) {
    column[i] = csv_column(&r->t, name[i]);
    if (column[i] < 0)
      return diag_add(r->diags, SG_ERROR, SG_ERR_KEY, csv_place(&r->t, -1, -1), "the first line names the columns",
                      "column '%s' is missing", name[i]);
  }
  return SG_OK;
}

static void text_to(text_slice s, char *out, size_t capacity) {
  const size_t n = s.n < capacity - 1 ? s.n : capacity - 1;
  memcpy(out, s.at, n);
  out[n] = '\0';
}

// One figure; tolerance in its unit.
static void hold(reading_run *r, const char *case_name, const char *quantity, const char *unit, double expected,
                 double computed, double tolerance, bool ok, const char *why) {
  validate_row *row = validate_add_row(r->out, case_name, quantity, unit);
  if (!row) return;
  row->expected = expected;
  row->computed = computed;
  row->tolerance = tolerance;
  row->rel_error = expected != 0.0 ? computed / expected - 1.0 : (double)NAN;
  row->status = ok ? "ok" : "off";
  snprintf(row->why, sizeof row->why, "%s", why);
  if (!ok) r->out->holds = false;
}

static void hold_near(reading_run *r, const char *case_name, const char *quantity, const char *unit, double expected,
                      double computed, double tolerance) {
  hold(r, case_name, quantity, unit, expected, computed, tolerance, fabs(computed - expected) <= tolerance, "");
}

static void refuse(reading_run *r, const char *case_name, const char *quantity, const char *why) {
  validate_note(r->out, case_name, quantity, "input", "%s", why);
  r->out->holds = false;
}

// ---- reliability.csv -----------------------------------------------------------------------------------------------------

enum { R_ID, R_QUANTITY, R_VALUE, R_UNIT, R_SIZE, R_CONDITIONS, R_USE, R_COLUMNS };
static const char *const reliability_columns[R_COLUMNS] = {"id",           "quantity",   "value", "unit",
                                                           "cluster_size", "conditions", "use"};

// A line of the file as text.
typedef struct published {
  text_slice         field[R_COLUMNS];
  char               id[32], quantity[48], unit[16], use[16];
  reliability_values value;
} published;

static published published_of(const reading_run *r, const int32_t *column, int32_t row) {
  published p;
  for (int i = 0; i < R_COLUMNS; i++) p.field[i] = csv_field(&r->t, row, column[i]);
  text_to(p.field[R_ID], p.id, sizeof p.id);
  text_to(p.field[R_QUANTITY], p.quantity, sizeof p.quantity);
  text_to(p.field[R_UNIT], p.unit, sizeof p.unit);
  text_to(p.field[R_USE], p.use, sizeof p.use);
  p.value = reliability_values_of(p.field[R_VALUE]);
  return p;
}

static bool within(char sign, double published_at, double computed, double tolerance) {
  if (sign == '<') return computed <= published_at + tolerance;
  if (sign == '>') return computed >= published_at - tolerance;
  return fabs(computed - published_at) <= tolerance;
}

// What a distance is held against: nothing for a bound, to which none is too large.
static double held_distance(char sign, double tolerance) {
  return sign == '<' || sign == '>' ? (double)NAN : tolerance;
}

static void hold_answer(reading_run *r, const published *p, const reliability_answer *answer) {
  char why[120];
  snprintf(why, sizeof why, "%s: %s", p->use, answer->why);
  const bool range = !isnan(answer->low);
  if (range) {
    const char   sign = p->value.sign[0];
    const double at = p->value.at[0];
    const bool   ok = (sign == '>' || at >= answer->low) && (sign == '<' || at <= answer->high);
    snprintf(why, sizeof why, "%s: %.4g to %.4g, %.60s", p->use, answer->low, answer->high, answer->why);
    hold(r, p->id, p->quantity, p->unit, at, answer->computed[0], (double)NAN, ok, why);
  }
  for (int i = range; i < p->value.n; i++) {
    if (isnan(answer->computed[i])) continue;
    const double at = p->value.at[i], tolerance = answer->tolerance_frac * fabs(at);
    hold(r, p->id, p->quantity, p->unit, at, answer->computed[i], held_distance(p->value.sign[i], tolerance),
         within(p->value.sign[i], at, answer->computed[i], tolerance), why);
  }
}

static bool contains(text_slice s, const char *word) {
  const size_t n = strlen(word);
  for (size_t i = 0; i + n <= s.n; i++)
    if (!memcmp(s.at + i, word, n)) return true;
  return false;
}

// A rate per day of 8-GPU nodes of any fleet: inside the spread of the published ones, 1 to 99 %.
static bool hold_rate(reading_run *r, const published *p) {
  if (!contains(p->field[R_UNIT], "/1000 node-day") && !contains(p->field[R_UNIT], "/1000 server-day")) return false;
  if (p->value.n == 0 || !(p->value.at[0] > 0.0)) return false;
  const double z = reliability_fleet_z(p->value.at[0], contains(p->field[R_QUANTITY], "failure rate"));
  char         why[120];
  snprintf(why, sizeof why, "%s: place of its multiplier in the spread of fleets, standard deviations", p->use);
  hold(r, p->id, p->quantity, "sd", 0.0, z, 2.3263, fabs(z) <= 2.3263, why);
  return true;
}

// The value of the row whose quantity begins so; `usual` where there is none.
static double value_of(const reading_run *r, const int32_t *column, const char *quantity, double usual) {
  for (int32_t row = 0; row < r->t.n_row; row++) {
    const text_slice   q = csv_field(&r->t, row, column[R_QUANTITY]);
    reliability_values v = reliability_values_of(csv_field(&r->t, row, column[R_VALUE]));
    if (text_equal(q, quantity) && v.n > 0) return v.at[0];
  }
  return usual;
}

// Job runs of a size (or between two) at the rate of RSC-1 or, where the row says so, RSC-2. Job logs see
// interruptions, not checkpoints: writes that do not stop training. The form with writes that do is shown beside it.
static void reproduce_ettr(reading_run *r, const int32_t *column, const published *p) {
  const reliability_values size = reliability_values_of(p->field[R_QUANTITY]);
  const bool               second = contains(p->field[R_SIZE], "RSC-2");
  const double             rate = value_of(r, column, second ? "failure rate RSC-2" : "failure rate RSC-1",
                                           operations_fleet_readings[second ? 2 : 1].per_1000_node_day);
  const double             write_s = 60.0 * value_of(r, column, "typical checkpoint write time w_cp", 5.0);
  if (size.n == 0 || !(size.at[0] > 0.0) || p->value.n == 0) {
    refuse(r, p->id, p->quantity, "sizes or value are no numbers above 0");
    return;
  }
  const double low = size.at[0], high = size.n > 1 ? size.at[1] : size.at[0], at = p->value.at[0];
  const double ratio = reliability_run_ettr(low, high, rate, 0.0);
  const bool   bound = isnan(held_distance(p->value.sign[0], 0.0));
  hold(r, p->id, p->quantity, p->unit, at, ratio, held_distance(p->value.sign[0], 0.02),
       within(p->value.sign[0], at, ratio, bound ? 0.0 : 0.02),
       bound ? "reproduce: the bound is met; u0 5 and 20 min, hourly checkpoints that do not stop training"
             : "reproduce: u0 5 and 20 min, hourly checkpoints that do not stop training");
  validate_row *row = validate_add_row(r->out, p->id, "the same, training stops for each write", p->unit);
  if (!row) return;
  row->expected = at;
  row->computed = reliability_run_ettr(low, high, rate, write_s);
  row->rel_error = row->computed / at - 1.0;
  snprintf(row->why, sizeof row->why, "shown only: %.0f s of standing still an hour would by itself leave %.3f",
           write_s, 3600.0 / (3600.0 + write_s));
}

// Parameters of models whose state's write was published: Smith et al., arXiv:2201.11990, 2022; Brown et al.,
// arXiv:2005.14165, 2020. Others state theirs: "405B".
static double params_of(text_slice quantity) {
  if (contains(quantity, "MT-NLG")) return 530e9;
  if (contains(quantity, "GPT-3")) return 175e9;
  for (size_t i = 1; i < quantity.n; i++) {
    if (quantity.at[i] != 'B' || quantity.at[i - 1] < '0' || quantity.at[i - 1] > '9') continue;
    size_t first = i;
    while (first > 0 &&
           ((quantity.at[first - 1] >= '0' && quantity.at[first - 1] <= '9') || quantity.at[first - 1] == '.'))
      first--;
    double billions;
    if (text_number((text_slice){quantity.at + first, i - first}, &billions)) return billions * 1e9;
  }
  return (double)NAN;
}

static void reproduce_write(reading_run *r, const published *p) {
  const text_slice         where = contains(p->field[R_SIZE], "bps") ? p->field[R_SIZE] : p->field[R_CONDITIONS];
  const reliability_values rate = reliability_values_of(where);
  const double             params = params_of(p->field[R_QUANTITY]);
  if (rate.n == 0 || !contains(where, "bps") || isnan(params) || p->value.n == 0) {
    refuse(r, p->id, p->quantity, "model, bandwidth in Gbps or value are not known");
    return;
  }
  const double gbit_per_s = rate.at[0] * (contains(where, "Tbps") ? 1000.0 : 1.0), at = p->value.at[0];
  const double unit_s = !strcmp(p->unit, "min") ? 60.0 : !strcmp(p->unit, "h") ? 3600.0 : 1.0;
  const double computed = operations_state_write_s(params, gbit_per_s) / unit_s;
  hold(r, p->id, p->quantity, p->unit, at, computed, held_distance(p->value.sign[0], 0.02 * at),
       within(p->value.sign[0], at, computed, 0.02 * at),
       "reproduce: 12 bytes per parameter over the printed bandwidth");
}

static void hold_line(reading_run *r, const int32_t *column, const published *p) {
  reliability_answer answer;
  const bool         is_known = reliability_answer_of(p->field[R_QUANTITY], &answer);
  if (!strcmp(p->use, "reproduce")) {
    if (contains(p->field[R_QUANTITY], "ETTR")) reproduce_ettr(r, column, p);
    else if (contains(p->field[R_QUANTITY], "write of")) reproduce_write(r, p);
    else refuse(r, p->id, p->quantity, "no formula is known for it");
  } else if (is_known && answer.held) {
    if (p->value.n == 0) refuse(r, p->id, p->quantity, "the value is no number");
    else hold_answer(r, p, &answer);
  } else if (is_known) {
    validate_note(r->out, p->id, p->quantity, "skipped", "%s: %s", p->use, answer.why);
  } else if (!hold_rate(r, p)) {
    if (!strcmp(p->use, "context"))
      validate_note(r->out, p->id, p->quantity, "skipped", "context: the quantity is not known");
    else refuse(r, p->id, p->quantity, "the quantity is not known: nothing takes it");
  }
}

// A file with most of the known rows is the published one, and must have all.
static void note_missing(reading_run *r, const int32_t *column) {
  bool    there[RELIABILITY_KNOWN_MOST] = {false};
  int32_t n = 0;
  for (int32_t i = 0; i < reliability_known() && i < RELIABILITY_KNOWN_MOST; i++) {
    for (int32_t row = 0; row < r->t.n_row && !there[i]; row++)
      there[i] = text_equal(csv_field(&r->t, row, column[R_QUANTITY]), reliability_quantity(i));
    n += there[i];
  }
  if (2 * n < reliability_known()) return;
  for (int32_t i = 0; i < reliability_known() && i < RELIABILITY_KNOWN_MOST; i++)
    if (!there[i]) refuse(r, "missing", reliability_quantity(i), "the file has no such row");
}

static sg_err hold_published(reading_run *r, const diag_source *source) {
  int32_t column[R_COLUMNS];
  sg_err  err = open_table(r, source, reliability_columns, column, R_COLUMNS);
  if (err) return err;
  for (int32_t row = 0; row < r->t.n_row; row++) {
    const published p = published_of(r, column, row);
    hold_line(r, column, &p);
  }
  if (r->t.n_row == 0) refuse(r, "reliability", "rows", "the file has no row");
  note_missing(r, column);
  return SG_OK;
}

// ---- Numbers of the two references ---------------------------------------------------------------------------------------

// A row of numbers; false, and a row that says so, where one is missing. Empty fields of `optional` columns are NaN.
static bool numbers_of(reading_run *r, const char *name, const int32_t *column, int32_t row, int n, int needed,
                       double *out) {
  for (int i = 0; i < n; i++) {
    const text_slice s = csv_field(&r->t, row, column[i]);
    if (text_number(s, &out[i])) continue;
    out[i] = (double)NAN;
    if (i >= needed && s.n == 0) continue;
    char what[48];
    text_to(r->t.head[column[i]], what, sizeof what);
    refuse(r, name, what, "no number");
    return false;
  }
  return true;
}

enum {
  E_NODES,
  E_RATE,
  E_RESTART,
  E_QUEUE,
  E_WRITE,
  E_INTERVAL,
  E_MTBF,
  E_FIRST,
  E_EXACT,
  E_SIM,
  E_STDERR,
  E_YOUNG,
  E_DALY,
  E_COLUMNS
};
static const char *const ettr_columns[E_COLUMNS] = {"n_nodes",
                                                    "failures_per_node_day",
                                                    "u0_min",
                                                    "queue_min",
                                                    "w_cp_min",
                                                    "dt_cp_min",
                                                    "job_mtbf_h",
                                                    "ettr_first_order_kokolis",
                                                    "ettr_exact_renewal",
                                                    "ettr_monte_carlo",
                                                    "mc_stderr",
                                                    "young_dt_min",
                                                    "daly_dt_min"};

// Failures simulated for each row, fewer where each takes thousands of restarts.
enum { SIMULATED = 20000, SIMULATED_LEAST = 200 };

// Our simulation against the exact form. Where fewer than 30 of the times between failures see a checkpoint, nothing can be said
// of the error of their mean.
static void hold_simulation(reading_run *r, const char *name, const operations_gang *job, double exact) {
  const double   restart = job->failures_per_s * job->restart_s;
  const double   n = fmax(SIMULATED_LEAST, SIMULATED * fmin(1.0, 1000.0 * exp(-restart)));
  const double   seen = n / expm1(job->failures_per_s * (job->interval_s + job->write_s));
  const uint32_t count = (uint32_t)n;
  if (restart > OPERATIONS_MOST_HOPELESS || seen < 30.0) {
    validate_note(r->out, name, "simulation here", "skipped", "progress is too rare to be simulated");
    return;
  }
  const operations_ratio sim = operations_ettr_simulate(job, (stream){1, 0, 0}, count);
  hold_near(r, name, "simulation here", "frac", exact, sim.mean, 3.0 * sim.stderr_mean);
}

static void hold_ettr_row(reading_run *r, const char *name, const double *x) {
  const operations_gang job = {.failures_per_s = x[E_NODES] * x[E_RATE] / 86400.0,
                               .interval_s = 60.0 * x[E_INTERVAL],
                               .write_s = 60.0 * x[E_WRITE],
                               .restart_s = 60.0 * x[E_RESTART],
                               .queue_s = 60.0 * x[E_QUEUE]};
  if (!(job.failures_per_s > 0.0 && job.interval_s > 0.0 && job.write_s >= 0.0 && job.restart_s >= 0.0 &&
        job.queue_s >= 0.0)) {
    refuse(r, name, "conditions", "rates and intervals must be above 0, times not negative");
    return;
  }
  const double mtbf_s = 1.0 / job.failures_per_s, exact = operations_ettr(&job);
  hold_near(r, name, "job_mtbf_h", "h", x[E_MTBF], mtbf_s / 3600.0, 1e-5 * x[E_MTBF]);
  hold_near(r, name, "ettr_first_order_kokolis", "frac", x[E_FIRST], operations_ettr_first_order(&job), 1e-6);
  hold_near(r, name, "ettr_exact_renewal", "frac", x[E_EXACT], exact, 1e-6);
  hold_near(r, name, "ettr_monte_carlo", "frac", x[E_SIM], exact, 3.5 * x[E_STDERR] + 5e-6);
  hold_simulation(r, name, &job, exact);
  hold_near(r, name, "young_dt_min", "min", x[E_YOUNG], operations_young_s(job.write_s, mtbf_s) / 60.0, 1e-4);
  hold_near(r, name, "daly_dt_min", "min", x[E_DALY], operations_daly_s(job.write_s, mtbf_s) / 60.0, 1e-4);
}

static sg_err hold_ettr(reading_run *r, const diag_source *source) {
  int32_t column[E_COLUMNS];
  sg_err  err = open_table(r, source, ettr_columns, column, E_COLUMNS);
  if (!err && r->t.n_row == 0) refuse(r, "ettr", "cases", "the file has no row");
  for (int32_t row = 0; row < (err ? 0 : r->t.n_row); row++) {
    double x[E_COLUMNS];
    char   name[64];
    snprintf(name, sizeof name, "ettr line %d", (int)r->t.line[row]);
    if (numbers_of(r, name, column, row, E_COLUMNS, E_COLUMNS, x)) hold_ettr_row(r, name, x);
  }
  return err;
}

enum { S_UNITS, S_RATE, S_MTTR, S_DOWN, S_P99, S_P999, S_P18, S_P17, S_P16, S_KIND, S_COLUMNS };
static const char *const spares_columns[S_COLUMNS] = {
    "units",         "failures_per_unit_day", "mttr_day", "mean_down_units", "spares_p99", "spares_p999", "p_all_18",
    "p_at_least_17", "p_at_least_16",         "kind"};

static sg_err hold_spares(reading_run *r, const diag_source *source) {
  int32_t column[S_COLUMNS];
  sg_err  err = open_table(r, source, spares_columns, column, S_COLUMNS);
  if (!err && r->t.n_row == 0) refuse(r, "spares", "cases", "the file has no row");
  for (int32_t row = 0; row < (err ? 0 : r->t.n_row); row++) {
    double x[S_KIND];
    char   name[64];
    snprintf(name, sizeof name, "spares line %d", (int)r->t.line[row]);
    if (!numbers_of(r, name, column, row, S_KIND, S_P99, x)) continue;
    const bool   rack = text_equal(csv_field(&r->t, row, column[S_KIND]), "nvl72-rack");
    const double up = operations_unit_availability(x[S_RATE], x[S_MTTR]), load = x[S_UNITS] * x[S_RATE] * x[S_MTTR];
    if (!(x[S_UNITS] >= 1.0 && x[S_UNITS] <= 1e8 && x[S_RATE] >= 0.0 && x[S_MTTR] >= 0.0 && load < 1e9 &&
          !(rack && x[S_UNITS] > 10000.0))) {
      refuse(r, name, "conditions", "units, rate or repair are out of range");
      continue;
    }
    // A rack's trays are up or down; the nodes of a pool are so many that the failing ones do not lessen the rest.
    hold_near(r, name, "mean_down_units", "count", x[S_DOWN], rack ? x[S_UNITS] * (1.0 - up) : load, 5.001e-5);
    if (!isnan(x[S_P99]))
      hold_near(r, name, "spares_p99", "count", x[S_P99], (double)operations_spares(load, 0.99), 0.0);
    if (!isnan(x[S_P999]))
      hold_near(r, name, "spares_p999", "count", x[S_P999], (double)operations_spares(load, 0.999), 0.0);
    for (int k = 0; k < 3; k++)
      if (!isnan(x[S_P18 + k]))
        hold_near(r, name, spares_columns[S_P18 + k], "frac", x[S_P18 + k],
                  operations_at_least((int32_t)x[S_UNITS], 18 - k, up), 5.001e-7);
  }
  return err;
}

sg_err validate_reliability(const diag_source *reliability, const diag_source *ettr, const diag_source *spares,
                            sg_diags *diags, validate_report *out) {
  reading_run r = {.a = arena_create(), .diags = diags, .out = out};
  sg_err      err = r.a ? SG_OK : SG_ERR_MEMORY;
  if (!err && reliability) err = hold_published(&r, reliability);
  if (!err && ettr) err = hold_ettr(&r, ettr);
  if (!err && spares) err = hold_spares(&r, spares);
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(r.a);
  return err;
}
