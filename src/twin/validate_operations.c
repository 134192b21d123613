// Validation of the scheduler: see validate_operations.h.
#include "validate_operations.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../operations/policy.h"
#include "../operations/trace.h"

// ---- Figures ------------------------------------------------------------------------------------------------------------

typedef enum kind { REAL, WHOLE } kind;

// Columns of scheduler-summary.csv that are figures.
#define KIND(member) _Generic(((operations_metrics *)0)->member, double : REAL, int64_t : WHOLE)
#define FIGURE(name, unit, member) \
  { name, unit, offsetof(operations_metrics, member), KIND(member) }
static const struct {
  const char *name, *unit;
  size_t      offset;
  kind        kind;
} figure[] = {
    FIGURE("jobs", "job", jobs),
    FIGURE("mean_wait_s", "s", mean_wait_s),
    FIGURE("median_wait_s", "s", median_wait_s),
    FIGURE("p99_wait_s", "s", p99_wait_s),
    FIGURE("max_wait_s", "s", max_wait_s),
    FIGURE("jobs_waiting", "job", jobs_waiting),
    FIGURE("mean_flow_s", "s", mean_flow_s),
    FIGURE("mean_bounded_slowdown_10s", "", mean_bounded_slowdown),
    FIGURE("max_bounded_slowdown", "", max_bounded_slowdown),
    FIGURE("area_weighted_wait_s", "s", area_weighted_wait_s),
    FIGURE("work_proc_s", "GPU-s", work_gpu_s),
    FIGURE("makespan_s", "s", makespan_s),
    FIGURE("utilisation", "frac", utilisation_frac),
};
enum { FIGURES = sizeof figure / sizeof figure[0] };

static double figure_of(const operations_metrics *m, size_t k) {
  const char *at = (const char *)m + figure[k].offset;
  double      real;
  int64_t     whole;
  if (figure[k].kind == WHOLE) return memcpy(&whole, at, sizeof whole), (double)whole;
  return memcpy(&real, at, sizeof real), real;
}

// Significant digits of a number as written; trailing zeros of whole numbers count.
static int digits_of(text_slice s) {
  int n = 0;
  for (size_t i = 0; i < s.n && s.at[i] != 'e' && s.at[i] != 'E'; i++)
    n += s.at[i] >= '0' && s.at[i] <= '9' && (n > 0 || s.at[i] != '0');
  return n;
}

// Half a unit of the last of `digits` significant digits.
static double half_digit(double x, int digits) {
  return x == 0.0 ? 0.0 : 0.5 * pow(10.0, floor(log10(fabs(x))) + 1 - digits);
}

// ---- A validation ---------------------------------------------------------------------------------------------------------

typedef struct validation {
  const validate_operations_files *files;
  arena                           *a;
  sg_diags                        *diags;
  validate_report                 *report;
  csv_table                        summary, published;
} validation;

static void refuse_case(validation *v, const char *name, const char *quantity, const char *why) {
  validate_row *row = validate_add_row(v->report, name, quantity, "");
  if (!row) return;
  row->status = "input";
  snprintf(row->why, sizeof row->why, "%s", why);
  v->report->holds = false;
}

static void judge(validation *v, const char *name, const char *quantity, const char *unit, double expected,
                  double computed, double tolerance) {
  validate_row *row = validate_add_row(v->report, name, quantity, unit);
  if (!row) return;
  row->expected = expected;
  row->computed = computed;
  row->tolerance = tolerance;
  row->rel_error = expected != 0.0 ? computed / expected - 1.0 : (double)NAN;
  const bool ok = fabs(computed - expected) <= tolerance * (1.0 + 1e-12);
  row->status = ok ? "ok" : "off";
  v->report->holds = v->report->holds && ok;
}

// A table that must have some columns; *out is empty where there is no file.
static sg_err read_table(const validation *v, const diag_source *source, const char *const *columns, csv_table *out) {
  *out = (csv_table){0};
  if (!source) return SG_OK;
  sg_err err = csv_read(source, v->a, v->diags, out);
  for (; !err && *columns; columns++)
    if (csv_column(out, *columns) < 0)
      err = diag_add(v->diags, SG_ERROR, SG_ERR_KEY, csv_place(out, -1, -1), "the first line names the columns",
                     "column '%s' is missing", *columns);
  return err;
}

// Name of a file without folders and without ".gz".
static text_slice base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  text_slice  s = text_of(slash ? slash + 1 : path);
  if (s.n > 3 && !memcmp(s.at + s.n - 3, ".gz", 3)) s.n -= 3;
  return s;
}

static text_slice field(const csv_table *t, int32_t row, const char *column) {
  return csv_field(t, row, csv_column(t, column));
}

static bool same(text_slice a, text_slice b) { return a.n == b.n && !memcmp(a.at, b.at, a.n); }

static text_slice without_gz(text_slice s) {
  if (s.n > 3 && !memcmp(s.at + s.n - 3, ".gz", 3)) s.n -= 3;
  return s;
}

// ---- Jobs and their starts --------------------------------------------------------------------------------------------------

// A trace in memory, and when each of its jobs started.
typedef struct workload {
  operations_job *job;      // (n), in order of the trace
  int64_t        *start_s;  // (n); INT64_MIN: never
  int32_t        *by_row;   // (rows of the trace) job of that row
  size_t          n, next, capacity;
} workload;

static sg_err next_of_workload(void *user, operations_job *job, bool *more) {
  workload *w = user;
  *more = w->next < w->n;
  if (*more) *job = w->job[w->next++];
  return SG_OK;
}

// Jobs bear their place in the workload as row.
static void note_start(void *user, const operations_stay *stay) {
  workload *w = user;
  if (stay->how == OPERATIONS_DONE || stay->how == OPERATIONS_TIMED_OUT) w->start_s[stay->job->row] = stay->start_s;
}

static bool add_job(workload *w, const operations_job *job, arena *a) {
  if (w->n == w->capacity) {
    const size_t    capacity = w->capacity ? 2 * w->capacity : 1024;
    operations_job *larger = ARENA_NEW(a, operations_job, capacity);
    if (!larger) return false;
    if (w->n) memcpy(larger, w->job, w->n * sizeof *larger);
    w->job = larger;
    w->capacity = capacity;
  }
  w->job[w->n] = *job;
  w->job[w->n].row = (int64_t)w->n;
  w->job[w->n++].partition = 0;
  return true;
}

static sg_err read_workload(const validation *v, const diag_source *source, workload *w) {
  operations_unread u = {source->text, source->bytes};
  operations_trace *trace;
  operations_job    job;
  bool              more = true;
  sg_err            err = operations_trace_open(operations_read_text, &u, source->name, v->a, v->diags, &trace);
  while (!err && more) {
    err = operations_trace_next(trace, &job, &more);
    if (!err && more && !add_job(w, &job, v->a)) err = SG_ERR_MEMORY;
  }
  return err;
}

static sg_err schedule(const validation *v, workload *w, const operations_policy *policy,
                       const operations_partition *partition, operations_metrics *out) {
  w->start_s = ARENA_NEW(v->a, int64_t, w->n + 1);
  if (!w->start_s) return SG_ERR_MEMORY;
  for (size_t i = 0; i < w->n; i++) w->start_s[i] = INT64_MIN;
  w->next = 0;
  return operations_schedule_run(&(operations_schedule){.policy = *policy,
                                                        .partition = partition,
                                                        .n_partition = 1,
                                                        .next_job = next_of_workload,
                                                        .jobs = w,
                                                        .sink = note_start,
                                                        .sink_user = w},
                                 v->a, out);
}

static int by_name(const void *a, const void *b) {
  const operations_job *x = *(const operations_job *const *)a, *y = *(const operations_job *const *)b;
  return strcmp(x->name, y->name);
}

// How many lines of a file of starts say what we say; the first that does not, for the reader.
static sg_err count_same(const validation *v, const workload *w, const csv_table *t, int32_t *n_same,
                         int32_t *first_off) {
  const operations_job **sorted = ARENA_NEW(v->a, const operations_job *, w->n + 1);
  if (!sorted) return SG_ERR_MEMORY;
  for (size_t i = 0; i < w->n; i++) sorted[i] = &w->job[i];
  qsort(sorted, w->n, sizeof *sorted, by_name);
  *n_same = 0;
  *first_off = -1;
  for (int32_t row = 0; row < t->n_row; row++) {
    operations_job        key;
    const operations_job *wanted = &key, **found = NULL;
    const text_slice      name = field(t, row, "job_id");
    double                start_s;
    if (name.n < sizeof key.name) {
      memcpy(key.name, name.at, name.n);
      key.name[name.n] = '\0';
      found = bsearch(&wanted, sorted, w->n, sizeof *sorted, by_name);
    }
    if (found && text_number(field(t, row, "start_s"), &start_s) && (double)w->start_s[(*found)->row] == start_s)
      ++*n_same;
    else if (*first_off < 0) *first_off = row;
  }
  return SG_OK;
}

// ---- A file of starts -------------------------------------------------------------------------------------------------------

// What "TRACE.POLICY.starts.csv" says.
static bool split_name(text_slice name, text_slice *trace, text_slice *policy) {
  static const char tail[] = ".starts.csv";
  if (name.n <= sizeof tail || memcmp(name.at + name.n - (sizeof tail - 1), tail, sizeof tail - 1)) return false;
  name.n -= sizeof tail - 1;
  const char *dot = memchr(name.at, '.', name.n);
  if (!dot) return false;
  *trace = (text_slice){name.at, (size_t)(dot - name.at)};
  *policy = (text_slice){dot + 1, name.n - trace->n - 1};
  return true;
}

static const diag_source *find_trace(const validation *v, text_slice trace) {
  for (size_t i = 0; i < v->files->n_trace; i++) {
    const text_slice s = base_name(v->files->trace[i].name);
    if (s.n == trace.n + 4 && !memcmp(s.at, trace.at, trace.n) && !memcmp(s.at + trace.n, ".csv", 4))
      return &v->files->trace[i];
  }
  return NULL;
}

static int32_t find_line(const csv_table *t, text_slice file) {
  for (int32_t row = 0; row < t->n_row; row++)
    if (same(without_gz(field(t, row, "file")), file)) return row;
  return -1;
}

static void compare_figures(validation *v, const char *name, text_slice file, int32_t line,
                            const operations_metrics *m) {
  double x;
  for (size_t k = 0; k < FIGURES; k++) {
    const bool whole = figure[k].kind == WHOLE;
    if (text_number(field(&v->summary, line, figure[k].name), &x))  // nine digits are written
      judge(v, name, figure[k].name, figure[k].unit, x, figure_of(m, k), whole ? 0.0 : half_digit(x, 9));
  }
  for (int32_t row = 0; row < v->published.n_row; row++) {
    const text_slice quantity = field(&v->published, row, "quantity"), value = field(&v->published, row, "value");
    if (!same(without_gz(field(&v->published, row, "file")), file)) continue;
    char shown[48];
    snprintf(shown, sizeof shown, "%.30s, published",
             quantity.n < 30 ? arena_text(v->a, quantity.at, quantity.n) : "?");
    for (size_t k = 0; k < FIGURES; k++)
      if (text_equal(quantity, figure[k].name) && text_number(value, &x))
        judge(v, name, shown, figure[k].unit, x, figure_of(m, k), half_digit(x, digits_of(value)));
  }
}

static sg_err do_starts(validation *v, const diag_source *source) {
  const text_slice     file = base_name(source->name);
  text_slice           trace_name, words, bad;
  operations_policy    policy;
  operations_partition partition = {0};
  operations_metrics   m;
  workload             w = {0};
  csv_table            t;
  double               capacity;
  char                 name[64], why[120];
  int32_t              n_same, first_off;
  snprintf(name, sizeof name, "%.*s", file.n > 11 && file.n < 75 ? (int)file.n - 11 : 0, file.at);
  if (!split_name(file, &trace_name, &words))
    return refuse_case(v, source->name, "starts", "the file is not named TRACE.POLICY.starts.csv"), SG_OK;
  if (!operations_policy_parse(words, &policy, &partition, &bad)) {
    snprintf(why, sizeof why, "no policy is called '%.*s'", bad.n < 40 ? (int)bad.n : 40, bad.at);
    return refuse_case(v, name, "starts", why), SG_OK;
  }
  const diag_source *trace = find_trace(v, trace_name);
  const int32_t      line = find_line(&v->summary, file);
  if (!trace) return refuse_case(v, name, "starts", "its trace is not there"), SG_OK;
  if (line < 0 || !text_number(field(&v->summary, line, "capacity"), &capacity) ||
      !(capacity >= 0.0 && capacity <= OPERATIONS_MAX_GPUS))
    return refuse_case(v, name, "starts", "scheduler-summary.csv has no capacity for it"), SG_OK;
  partition.gpus = (int64_t)capacity;
  sg_err err = read_table(v, source, (const char *const[]){"job_id", "start_s", NULL}, &t);
  if (!err) err = read_workload(v, trace, &w);
  if (!err) err = schedule(v, &w, &policy, &partition, &m);
  if (!err) err = count_same(v, &w, &t, &n_same, &first_off);
  if (err) return err;
  judge(v, name, "starts", "job", fmax(t.n_row, (double)w.n), n_same, 0.0);
  if (first_off >= 0)
    snprintf(v->report->row[v->report->n_row - 1].why, sizeof v->report->row->why, "line %d is the first to differ",
             t.line[first_off]);
  compare_figures(v, name, file, line, &m);
  return SG_OK;
}

// ---- Tiny cases -------------------------------------------------------------------------------------------------------------

static const struct {
  const char *column, *words;
} tiny_policy[] = {
    {"start_fcfs",              "fcfs"                  },
    {"start_easy_batch",        "easy-batch"            },
    {"start_easy_pyss_ties",    "easy-pyss-ties"        },
    {"start_conservative_pyss", "conservative-pyss-ties"},
};

static bool tiny_job(const csv_table *t, int32_t row, operations_job *job) {
  static const char *const column[] = {"submit_s", "duration_s", "req_walltime_s", "gpus"};
  double                   x[4];
  for (int i = 0; i < 4; i++)
    if (!text_number(field(t, row, column[i]), &x[i]) || !(x[i] >= 0.0 && x[i] <= 1e9)) return false;
  *job = (operations_job){
      .submit_s = (int64_t)x[0], .run_s = (int64_t)x[1], .limit_s = (int64_t)x[2], .gpus = (int32_t)x[3]};
  return job->gpus >= 1 && job->gpus <= OPERATIONS_MAX_GPUS;
}

// Case of lines first .. end-1, by each policy.
static sg_err do_tiny(validation *v, const csv_table *t, int32_t first, int32_t end) {
  const text_slice     of = field(t, first, "case");
  char                 name[64];
  double               capacity, want;
  operations_partition partition = {0};
  operations_policy    policy;
  operations_metrics   m;
  operations_job       job;
  workload             w = {0};
  text_slice           bad;
  snprintf(name, sizeof name, "tiny %.*s", of.n < 40 ? (int)of.n : 40, of.at);
  bool good = text_number(field(t, first, "capacity"), &capacity) && capacity >= 0.0 && capacity <= OPERATIONS_MAX_GPUS;
  for (int32_t row = first; row < end && good; row++) {
    good = tiny_job(t, row, &job);
    if (good && !add_job(&w, &job, v->a)) return SG_ERR_MEMORY;
  }
  if (!good) return refuse_case(v, name, "case", "a number is missing or out of range"), SG_OK;
  partition.gpus = (int64_t)capacity;
  for (size_t k = 0; k < sizeof tiny_policy / sizeof tiny_policy[0]; k++) {
    if (csv_column(t, tiny_policy[k].column) < 0) continue;
    operations_policy_parse(text_of(tiny_policy[k].words), &policy, &partition, &bad);
    const sg_err err = schedule(v, &w, &policy, &partition, &m);
    if (err) return err;
    int32_t n = 0;
    for (int32_t i = 0; i < end - first; i++)
      n += text_number(field(t, first + i, tiny_policy[k].column), &want) && (double)w.start_s[i] == want;
    judge(v, name, tiny_policy[k].column, "job", end - first, n, 0.0);
  }
  return SG_OK;
}

static sg_err do_all_tiny(validation *v) {
  csv_table t;
  sg_err    err = read_table(
         v, v->files->tiny,
         (const char *const[]){"case", "capacity", "submit_s", "duration_s", "req_walltime_s", "gpus", NULL}, &t);
  for (int32_t first = 0, end; !err && first < t.n_row; first = end) {
    for (end = first + 1; end < t.n_row && same(field(&t, end, "case"), field(&t, first, "case"));) end++;
    err = do_tiny(v, &t, first, end);
  }
  return err;
}

// ---- All --------------------------------------------------------------------------------------------------------------------

static void summarise(validate_report *report) {
  double starts = 0.0, same_starts = 0.0, figures = 0.0, ok = 0.0;
  for (size_t i = 0; i < report->n_row; i++) {
    const validate_row *row = &report->row[i];
    if (!strcmp(row->status, "input")) continue;
    const bool is_starts = !strncmp(row->quantity, "start", 5);
    if (is_starts) starts += row->expected, same_starts += row->computed;
    else figures++, ok += !strcmp(row->status, "ok");
  }
  validate_add_value(report, "starts", starts);
  validate_add_value(report, "starts_identical", same_starts);
  validate_add_value(report, "figures", figures);
  validate_add_value(report, "figures_within_tolerance", ok);
}

static sg_err run(validation *v) {
  const validate_operations_files *f = v->files;
  if (f->n_starts == 0 && !f->tiny)
    return diag_add(v->diags, SG_ERROR, SG_ERR_RANGE, (diag_place){0},
                    "files are named TRACE.POLICY.starts.csv, tiny-cases.csv", "there is no case");
  sg_err err = read_table(v, f->summary, (const char *const[]){"file", "capacity", NULL}, &v->summary);
  if (!err) err = read_table(v, f->published, (const char *const[]){"file", "quantity", "value", NULL}, &v->published);
  for (size_t i = 0; i < f->n_starts && !err; i++) {
    const arena_mark mark = arena_mark_get(v->a);
    err = do_starts(v, &f->starts[i]);
    arena_release(v->a, mark);
  }
  if (!err) err = do_all_tiny(v);
  summarise(v->report);
  return err;
}

sg_err validate_operations(const validate_operations_files *files, sg_diags *diags, validate_report *out) {
  out->domain = "operations";
  out->holds = true;
  arena *a = arena_create();
  sg_err err = SG_ERR_MEMORY;
  if (a) {
    validation v = {.files = files, .a = a, .diags = diags, .report = out};
    err = run(&v);
  }
  if (!err && out->failed) err = SG_ERR_MEMORY;
  if (err) out->holds = false;
  arena_free(a);
  return err;
}
