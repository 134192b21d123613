// Score of the step model: see validate_training_score.h.
#include "validate_training_score.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "validate_training_fit.h"

_Static_assert((int)TRAINING_CONSTANTS <= (int)FIT_CONSTANTS, "the fit has room for all constants");

// Bars on the median error: the proof 1. vtrain's runs are A100 with 16 bits.
static const double bar_frac[STRATUM_COUNT] = {0.10, 0.12, 0.20, 0.12, 0.10, 0.10};
static const double ratio_bar_frac = 0.05, memory_bar_frac = 0.05;

// Groups are dealt to so many folds in the order of the file. One group a fold would cost ten times as much and change the
// constants, which rest on some 100 groups, by little.
enum { SCORE_FOLDS = 8, SCORE_LOSSES = 3000, SCORE_THIN = 24 };

// Weight of a stack's own speed in the loss, against the errors that are left when it is taken out.
static const double level_weight = 0.25;

typedef struct score_run {
  const validate_run *of;
  int32_t             group, stack, class;  // class: stack and precision
  bool                fits;                 // takes part in fits
  double              weight;               // in the fit: 1 / root of the group's runs
  double              with_s, without_s;    // predictions
  double              efficiency_frac;      // measured, over the peak of BF16
  double              peak_flop_per_s;
} score_run;

typedef struct score_case {
  score_run       *run;  // (n) those that can be computed
  int32_t          n, n_own;
  int32_t          n_group, n_stack, n_class;
  fit_weighted    *scratch;                      // (n)
  double          *x;                            // (n)
  double          *error;                        // (n) of the loss
  int32_t          without_fold, without_stack;  // left out of the fit; -1
  validate_report *report;
} score_case;

// ---- Prediction ---------------------------------------------------------------------------------------------------------

static double predict_s(const validate_run *run, const training_software *software, double speed_frac,
                        training_step *step) {
  training_software w = *software;
  w.speed_frac *= speed_frac;
  if (run->balanced) w.imbalance_frac = 0.0;
  if (training_plan_evaluate(&run->shape, run->machine, &w, &run->plan, step)) return (double)NAN;
  return step->step_s;
}

enum { SPEED_STEPS = 24 };
static const double least_speed = 0.4, most_speed = 2.5;

// The speed at which the prediction is what was measured: the step falls with it. Bisection on its logarithm. A run that waits
// for its network says little about kernels: weight is the square of the kernels' share of the step.
static fit_weighted implied_speed(const validate_run *run, const training_software *w) {
  double        low = log(least_speed), high = log(most_speed);
  training_step step;
  for (int i = 0; i < SPEED_STEPS; i++) {
    double middle = 0.5 * (low + high);
    if (predict_s(run, w, exp(middle), &step) > run->step_s) low = middle;
    else high = middle;
  }
  double share = (step.forward_s + step.backward_s + step.recompute_s + step.bubble_s) / step.step_s;
  return (fit_weighted){exp(0.5 * (low + high)), share * share};
}

// ---- Fit ----------------------------------------------------------------------------------------------------------------

static bool is_left_out(const score_case *c, const score_run *r) {
  return !r->fits || r->group % SCORE_FOLDS == c->without_fold || r->stack == c->without_stack;
}

static void set_constants(const double *x, training_software *w) {
  *w = training_software_default();
  for (int32_t k = 0; k < TRAINING_CONSTANTS; k++) training_software_set(w, k, x[k]);
}

// Median of the logarithmic errors of a class, by weight.
static double class_level(const score_case *c, int32_t class) {
  size_t n = 0;
  for (int32_t i = 0; i < c->n; i++)
    if (c->run[i].class == class && !is_left_out(c, &c->run[i]))
      c->scratch[n++] = (fit_weighted){c->error[i], c->run[i].weight};
  return fit_weighted_median(c->scratch, n);
}

// Mean absolute logarithmic error once each class has a speed of its own, and level_weight of what these speeds are.
static double loss_of(const double *x, void *of) {
  score_case       *c = of;
  training_software w;
  training_step     step;
  double            sum = 0.0, weight = 0.0;
  set_constants(x, &w);
  for (int32_t i = 0; i < c->n; i++)
    if (!is_left_out(c, &c->run[i])) c->error[i] = log(predict_s(c->run[i].of, &w, 1.0, &step) / c->run[i].of->step_s);
  for (int32_t k = 0; k < c->n_class; k++) {
    double level = class_level(c, k);
    for (int32_t i = 0; i < c->n; i++) {
      const score_run *r = &c->run[i];
      if (r->class != k || is_left_out(c, r)) continue;
      sum += r->weight * (fabs(c->error[i] - level) + level_weight * fabs(level));
      weight += r->weight;
    }
  }
  return weight > 0.0 ? sum / weight : 0.0;
}

static void fit_without(score_case *c, int32_t fold, int32_t stack, training_software *out) {
  double  x[FIT_CONSTANTS];
  fit_box box = {.n = TRAINING_CONSTANTS};
  *out = training_software_default();
  for (int32_t k = 0; k < TRAINING_CONSTANTS; k++) {
    x[k] = training_software_get(out, k);
    training_software_range(k, &box.least[k], &box.most[k]);
  }
  c->without_fold = fold;
  c->without_stack = stack;
  fit_search(loss_of, c, &box, SCORE_LOSSES, x);
  set_constants(x, out);
}

// Releases of a stack differ: one layout gained 26 % in four months. A run so many months away counts for half.
static const double half_life_month = 6.0;

static double nearness(const validate_run *a, const validate_run *b) {
  double apart = fabs(a->released_month - b->released_month);
  return isnan(apart) ? 1.0 : exp2(-apart / half_life_month);
}

// Median of the implied speeds of other groups, of the same stack and precision or, where there is none, of the same
// stack; a stack's speed is 1 before anything is known of it, with the weight of one run. Near releases weigh more.
static double speed_for(const score_case *c, const score_run *r, const fit_weighted *implied) {
  for (int wide = 0; wide < 2; wide++) {
    size_t n = 0;
    for (int32_t i = 0; i < c->n; i++) {
      const score_run *q = &c->run[i];
      if (q->group != r->group && q->fits && (wide ? q->stack == r->stack : q->class == r->class))
        c->scratch[n++] = (fit_weighted){implied[i].x, implied[i].weight * q->weight * nearness(q->of, r->of)};
    }
    if (n == 0) continue;
    c->scratch[n++] = (fit_weighted){1.0, 1.0};
    return fit_weighted_median(c->scratch, n);
  }
  return 1.0;
}

// ---- Out of fold --------------------------------------------------------------------------------------------------------

static void predict_fold(score_case *c, int32_t fold, fit_weighted *implied) {
  training_software w;
  training_step     step;
  bool              asked = false;
  for (int32_t i = 0; i < c->n_own; i++) asked |= c->run[i].group % SCORE_FOLDS == fold;
  if (!asked) return;
  fit_without(c, fold, -1, &w);
  for (int32_t i = 0; i < c->n; i++)
    if (c->run[i].fits) implied[i] = implied_speed(c->run[i].of, &w);
  for (int32_t i = 0; i < c->n_own; i++) {
    score_run *r = &c->run[i];
    if (r->group % SCORE_FOLDS == fold) r->with_s = predict_s(r->of, &w, speed_for(c, r, implied), &step);
  }
}

static void predict_stack(score_case *c, int32_t stack) {
  training_software w;
  training_step     step;
  bool              asked = false;  // by a run of the directory
  for (int32_t i = 0; i < c->n_own; i++) asked |= c->run[i].stack == stack;
  if (!asked) return;
  fit_without(c, -1, stack, &w);
  for (int32_t i = 0; i < c->n_own; i++)
    if (c->run[i].stack == stack) c->run[i].without_s = predict_s(c->run[i].of, &w, 1.0, &step);
}

// ---- Rows of the report -------------------------------------------------------------------------------------------------

static void name_of(text_slice s, char *out, size_t n) { snprintf(out, n, "%.*s", (int)(s.n < n ? s.n : n - 1), s.at); }

static validate_row *add_judged(validate_report *report, text_slice id, const char *quantity, const char *unit,
                                double expected, double computed, double bar) {
  char name[128];
  name_of(id, name, sizeof name);
  validate_row *row = validate_add_row(report, name, quantity, unit);
  if (!row) return NULL;
  row->expected = expected;
  row->computed = computed;
  row->rel_error = computed / expected - 1.0;
  row->tolerance = bar * expected;
  row->status = fabs(row->rel_error) <= bar ? "ok" : "off";
  return row;
}

// Peaks are those of PyTorch's allocator, which does not see the context.
static void report_run(score_case *c, const score_run *r) {
  const validate_run *run = r->of;
  training_step       step;
  training_software   w = training_software_default();
  double              bar = bar_frac[run->stratum];
  if (!isnan(run->step_s)) {
    add_judged(c->report, run->id, "step_time", "s", run->step_s, r->with_s, bar);
    add_judged(c->report, run->id, "step_time, other stacks", "s", run->step_s, r->without_s, bar);
  }
  if (isnan(run->memory_bytes) || isnan(predict_s(run, &w, 1.0, &step))) return;
  add_judged(c->report, run->id, "peak memory", "GiB", run->memory_bytes / 0x1p30,
             (step.memory.total_bytes - step.memory.context_bytes) / 0x1p30, memory_bar_frac);
}

// What a set of errors comes to: "name.n", ".median", ".within10", ".within20", ".mean" and ".bias" (median with its sign).
typedef struct tally {
  double *error;  // signed; (n) of n_run at most
  size_t  n;
} tally;

static double share_within(const tally *t, double bound) {
  double n = 0.0;
  for (size_t i = 0; i < t->n; i++) n += fabs(t->error[i]) <= bound;
  return n / (double)t->n;
}

static void add_value(validate_report *report, const char *name, const char *what, double value) {
  char full[64];
  snprintf(full, sizeof full, "%s.%s", name, what);
  validate_add_value(report, full, value);
}

// Sorts the errors. Returns the median of their sizes.
static double add_tally(validate_report *report, const char *name, tally *t) {
  if (t->n == 0) return (double)NAN;
  double within10 = share_within(t, 0.10), within20 = share_within(t, 0.20), bias = fit_median(t->error, t->n);
  for (size_t i = 0; i < t->n; i++) t->error[i] = fabs(t->error[i]);
  double median = fit_median(t->error, t->n), mean = 0.0;
  for (size_t i = 0; i < t->n; i++) mean += t->error[i] / (double)t->n;
  add_value(report, name, "n", (double)t->n);
  add_value(report, name, "median", median);
  add_value(report, name, "mean", mean);
  add_value(report, name, "bias", bias);
  add_value(report, name, "within10", within10);
  add_value(report, name, "within20", within20);
  return median;
}

// One bar: a row of its own, and the verdict.
static void hold(validate_report *report, const char *what, double median, double bar) {
  validate_row *row = isnan(median) ? NULL : validate_add_row(report, "bar", what, "frac");
  if (!row) return;
  row->expected = 0.0;
  row->computed = median;
  row->tolerance = bar;
  row->status = median <= bar ? "ok" : "off";
  if (median > bar) report->holds = false;
}

static void report_strata(score_case *c) {
  for (int s = 0; s < STRATUM_COUNT; s++)
    for (int without = 0; without < 2; without++) {
      char  name[48];
      tally t = {c->x, 0};
      for (int32_t i = 0; i < c->n_own; i++) {
        const score_run *r = &c->run[i];
        if ((int)r->of->stratum == s && !isnan(r->of->step_s))
          t.error[t.n++] = (without ? r->without_s : r->with_s) / r->of->step_s - 1.0;
      }
      snprintf(name, sizeof name, "%s%s", validate_stratum_name[s], without ? ".other_stacks" : "");
      double median = add_tally(c->report, name, &t);
      if (!without) hold(c->report, validate_stratum_name[s], median, bar_frac[s]);
    }
}

static void report_stacks(score_case *c) {
  for (int32_t s = 0; s < c->n_stack; s++)
    for (int without = 0; without < 2; without++) {
      text_slice stack = {NULL, 0};
      char       name[48];
      tally      t = {c->x, 0};
      for (int32_t i = 0; i < c->n_own; i++) {
        const score_run *r = &c->run[i];
        if (r->stack != s || isnan(r->of->step_s)) continue;
        stack = r->of->stack;
        t.error[t.n++] = (without ? r->without_s : r->with_s) / r->of->step_s - 1.0;
      }
      snprintf(name, sizeof name, "stack.%.*s%s", stack.n < 28 ? (int)stack.n : 28, stack.at ? stack.at : "",
               without ? ".other" : "");
      add_tally(c->report, name, &t);
    }
}

static void report_memory(score_case *c) {
  tally t = {c->x, 0};
  for (size_t i = 0; i < c->report->n_row; i++)
    if (!strcmp(c->report->row[i].quantity, "peak memory")) t.error[t.n++] = c->report->row[i].rel_error;
  hold(c->report, "memory", add_tally(c->report, "memory", &t), memory_bar_frac);
}

// Runs of Korthikanti et al. 2022 on which Calculon was validated, with a mean error of 3.65 % (Isaev et al. 2023): proof 2.
static const char *const validated_group = "seqpar22";
static const double      validated_bar_frac = 0.0365;

static void report_validated(score_case *c) {
  double sum = 0.0, n = 0.0;
  for (int32_t i = 0; i < c->n_own; i++) {
    const score_run *r = &c->run[i];
    text_slice       g = r->of->group;
    if (g.n < strlen(validated_group) || memcmp(g.at, validated_group, strlen(validated_group)) != 0) continue;
    if (isnan(r->of->step_s)) continue;
    sum += fabs(r->with_s / r->of->step_s - 1.0);
    n++;
  }
  if (n == 0.0) return;
  add_value(c->report, validated_group, "n", n);
  add_value(c->report, validated_group, "mean", sum / n);
  hold(c->report, "seqpar22, mean", sum / n, validated_bar_frac);
}

// ---- Ratios within a group ----------------------------------------------------------------------------------------------

// Signed errors of the ratios of all pairs of a group; returns how many.
static size_t pair_errors(const score_case *c, int32_t group, double *error) {
  size_t n = 0;
  for (int32_t i = 0; i < c->n_own; i++)
    for (int32_t j = i + 1; j < c->n_own && c->run[i].group == group; j++) {
      const score_run *a = &c->run[i], *b = &c->run[j];
      if (b->group != group || isnan(a->of->step_s) || isnan(b->of->step_s)) continue;
      if (error) error[n] = (b->with_s / a->with_s) / (b->of->step_s / a->of->step_s) - 1.0;
      n++;
    }
  return n;
}

static sg_err report_ratios(score_case *c, arena *a) {
  size_t most = 0;
  for (int32_t g = 0; g < c->n_group; g++) most += pair_errors(c, g, NULL);
  double                  *set[RUNS_SETS];
  size_t                   n[RUNS_SETS] = {0};
  static const char *const name[RUNS_SETS] = {"ratio", "ratio.multi", "ratio.single"};
  for (int k = 0; k < RUNS_SETS; k++)
    if (!(set[k] = ARENA_NEW(a, double, most + 1))) return SG_ERR_MEMORY;
  double *one = ARENA_NEW(a, double, most + 1);
  if (!one) return SG_ERR_MEMORY;
  for (int32_t g = 0; g < c->n_group; g++) {
    const validate_run *run = NULL;
    for (int32_t i = 0; i < c->n_own && !run; i++)
      if (c->run[i].group == g) run = c->run[i].of;
    size_t pairs = run ? pair_errors(c, g, one) : 0;
    if (pairs == 0) continue;
    memcpy(set[run->set] + n[run->set], one, pairs * sizeof *one);
    n[run->set] += pairs;
    for (size_t i = 0; i < pairs; i++) one[i] = fabs(one[i]);
    char what[48], group[64];
    snprintf(what, sizeof what, "ratios, median of %zu", pairs);
    name_of(run->group, group, sizeof group);
    validate_row *row = validate_add_row(c->report, group, what, "frac");
    if (!row) return SG_ERR_MEMORY;
    row->expected = 0.0;
    row->computed = fit_median(one, pairs);
    // The bar is of experiments, which published.csv tells apart; vTrain's rows are one sweep of plans, put together here by model and size.
    const bool held = run->set == RUNS_PUBLISHED;
    row->tolerance = held ? ratio_bar_frac : (double)NAN;
    row->status = !held ? "skipped" : row->computed <= ratio_bar_frac ? "ok" : "off";
    if (!held) snprintf(row->why, sizeof row->why, "shown: the file names no experiments");
  }
  for (int k = 0; k < RUNS_SETS; k++) {
    tally        t = {set[k], n[k]};
    const double median = add_tally(c->report, name[k], &t);
    if (k == RUNS_PUBLISHED) hold(c->report, name[k], median, ratio_bar_frac);
  }
  return SG_OK;
}

// ---- Null model ---------------------------------------------------------------------------------------------------------

// Median efficiency of runs on the same hardware, in the same precision, of the same kind (dense or not); of all runs where
// there is no other. groups_out: without the run's own group.
static double null_efficiency(const score_case *c, const score_run *r, bool groups_out) {
  for (int wide = 0; wide < 2; wide++) {
    size_t n = 0;
    for (int32_t i = 0; i < c->n; i++) {
      const score_run *q = &c->run[i];
      if (!q->fits || (groups_out && q->group == r->group)) continue;
      bool same = q->of->machine == r->of->machine && q->of->plan.precision == r->of->plan.precision &&
                  (q->of->shape.experts > 0) == (r->of->shape.experts > 0);
      if (same || wide) c->scratch[n++] = (fit_weighted){q->efficiency_frac, 1.0};
    }
    if (n > 0) return fit_weighted_median(c->scratch, n);
  }
  return (double)NAN;
}

static void report_null(score_case *c) {
  for (int out = 0; out < 2; out++) {
    tally t = {c->x, 0};
    for (int32_t i = 0; i < c->n_own; i++) {
      const score_run *r = &c->run[i];
      double           efficiency = null_efficiency(c, r, out);
      if (r->of->set == RUNS_PUBLISHED && !isnan(r->of->step_s) && !isnan(efficiency))
        t.error[t.n++] = r->efficiency_frac / efficiency - 1.0;
    }
    add_tally(c->report, out ? "null.out_of_group" : "null.in_sample", &t);
  }
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static bool same_text(text_slice a, text_slice b) { return a.n == b.n && memcmp(a.at, b.at, a.n) == 0; }

// The index of a run's group, stack or class among those before it; the next free one where it is the first.
static int32_t index_of(const score_case *c, const score_run *r, int kind, int32_t *count) {
  for (int32_t i = 0; i < c->n; i++) {
    const score_run *q = &c->run[i];
    if (kind == 0 && same_text(q->of->group, r->of->group) && same_text(q->of->stack, r->of->stack)) return q->group;
    if (kind == 1 && same_text(q->of->stack, r->of->stack)) return q->stack;
    if (kind == 2 && q->stack == r->stack && q->of->plan.precision == r->of->plan.precision) return q->class;
  }
  return (*count)++;
}

// A run that the model refuses has its reason as status; every SCORE_THIN-th of the many of one server takes part in fits.
static void take_run(score_case *c, validate_run *run, int32_t nth) {
  score_run    *r = &c->run[c->n];
  training_step step;
  if (run->status) return;
  training_software w = training_software_default();
  if (!(predict_s(run, &w, 1.0, &step) > 0.0)) {
    run->status = "input";
    snprintf(run->why, sizeof run->why, "the model gives no step time");
    return;
  }
  double peak = run->machine->matrix_flop_per_s[COMPUTE_BF16] * training_plan_gpus(&run->plan);
  *r = (score_run){.of = run, .with_s = (double)NAN, .without_s = (double)NAN};
  r->efficiency_frac = step.model_flop / (peak * run->step_s);
  r->fits = !isnan(run->step_s) && (run->set != RUNS_SINGLE || nth % SCORE_THIN == 0);
  r->group = index_of(c, r, 0, &c->n_group);
  r->stack = index_of(c, r, 1, &c->n_stack);
  r->class = index_of(c, r, 2, &c->n_class);
  c->n++;
}

// Runs of a group, and groups of a stack, err together: each adds less than the one before.
static void set_weights(score_case *c) {
  for (int32_t i = 0; i < c->n; i++) {
    double runs = 0.0, groups = 0.0;
    for (int32_t j = 0; j < c->n; j++) {
      const score_run *q = &c->run[j];
      bool             first = q->fits && q->stack == c->run[i].stack;
      runs += q->group == c->run[i].group && q->fits;
      for (int32_t k = 0; k < j && first; k++) first = c->run[k].group != q->group || !c->run[k].fits;
      groups += first;
    }
    c->run[i].weight = runs > 0.0 ? 1.0 / sqrt(runs * sqrt(groups)) : 1.0;
  }
}

static void add_constants(score_case *c) {
  training_software w;
  char              name[48];
  fit_without(c, -1, -1, &w);
  for (int32_t k = 0; k < TRAINING_CONSTANTS; k++) {
    snprintf(name, sizeof name, "fit.%s", training_software_name(k));
    validate_add_value(c->report, name, training_software_get(&w, k));
  }
}

static void report_refused(validate_report *report, const validate_run *run) {
  char name[128];
  name_of(run->id, name, sizeof name);
  validate_row *row = validate_add_row(report, name, "step_time", "s");
  if (!row) return;
  row->expected = run->step_s;
  row->status = run->status;
  snprintf(row->why, sizeof row->why, "%s", run->why);
  if (!strcmp(run->status, "input")) report->holds = false;
}

sg_err validate_training_score(validate_runs *runs, int32_t n_own, arena *a, validate_report *report) {
  score_case c = {.report = report, .without_fold = -1, .without_stack = -1};
  size_t     n = (size_t)runs->n + 1;
  c.run = ARENA_NEW(a, score_run, n);
  c.scratch = ARENA_NEW(a, fit_weighted, n);
  c.x = ARENA_NEW(a, double, n);
  c.error = ARENA_NEW(a, double, n);
  fit_weighted *implied = ARENA_NEW(a, fit_weighted, n);
  if (!c.run || !c.scratch || !c.x || !c.error || !implied) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < runs->n; i++) {
    take_run(&c, &runs->at[i], i);
    if (i == n_own - 1) c.n_own = c.n;
    if (i < n_own && runs->at[i].status) report_refused(report, &runs->at[i]);
  }
  set_weights(&c);
  for (int32_t f = 0; f < SCORE_FOLDS; f++) predict_fold(&c, f, implied);
  for (int32_t s = 0; s < c.n_stack; s++) predict_stack(&c, s);
  for (int32_t i = 0; i < c.n_own; i++) report_run(&c, &c.run[i]);
  report_strata(&c);
  report_stacks(&c);
  report_memory(&c);
  report_validated(&c);
  sg_err err = report_ratios(&c, a);
  report_null(&c);
  add_constants(&c);
  return err;
}
