// Rows of measured training runs: see validate_training_rows.h.
#include "validate_training_rows.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const validate_stratum_name[STRATUM_COUNT] = {"dense16", "dense8", "moe", "long", "multi", "single"};

// Columns of published.csv; those that must be there; their names in vtrain_*.csv (NULL: not there).
#define COLUMNS(X)                                                                                                    \
  X(id, 1, "id")                                                                                                      \
  X(group, 1, NULL)                                                                                                   \
  X(stack, 1, NULL)                                                                                                   \
  X(stack_date, 0, NULL) X(plan_complete, 0, NULL) X(layers, 1, "layers") X(hidden, 1, "hidden") X(heads, 1, "heads") \
      X(kv_heads, 0, NULL) X(head_dim, 0, NULL) X(ffn, 1, NULL) X(act, 0, NULL) X(vocab, 1, NULL) X(seq, 1, "seq")    \
          X(experts, 0, NULL) X(top_k, 0, NULL) X(moe_ffn, 0, NULL) X(shared_experts, 0, NULL)                        \
              X(dense_layers, 0, NULL) X(hardware, 1, NULL) X(scaleup_domain, 0, NULL) X(nic_gbps_per_gpu, 0, NULL)   \
                  X(n_gpus, 1, "n_gpus") X(tp, 1, "tp") X(cp, 0, NULL) X(pp, 1, "pp") X(vp, 0, NULL) X(dp, 1, "dp")   \
                      X(ep, 0, NULL) X(zero, 0, NULL) X(mbs, 1, "mbs") X(gbs, 1, "gbs") X(precision, 1, NULL)         \
                          X(recompute, 0, NULL) X(overlap, 0, NULL) X(step_time_s, 1, "iter_time_s")                  \
                              X(mem_gib_per_gpu, 0, NULL) X(notes, 0, NULL)
#define COLUMN_ENUM(name, must, vtrain) COLUMN_##name,
enum column { COLUMNS(COLUMN_ENUM) COLUMN_COUNT };
#define COLUMN_ROW(name, must, vtrain) {#name, must, vtrain},
static const struct {
  const char *name;
  int         must;
  const char *vtrain;
} columns[COLUMN_COUNT] = {COLUMNS(COLUMN_ROW)};

typedef struct row_reader {
  const csv_table   *t;
  int32_t            row, column[COLUMN_COUNT];
  arena             *a;
  validate_machines *machines;
  validate_run      *run;
} row_reader;

static void refuse(validate_run *run, const char *status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void refuse(validate_run *run, const char *status, const char *format, ...) {
  va_list more;
  if (run->status) return;  // the first reason stands
  run->status = status;
  va_start(more, format);
  vsnprintf(run->why, sizeof run->why, format, more);
  va_end(more);
}

static text_slice field(const row_reader *r, enum column c) {
  return r->column[c] < 0 ? (text_slice){"", 0} : csv_field(r->t, r->row, r->column[c]);
}

static int shown(text_slice s) { return s.n < 40 ? (int)s.n : 40; }

// A positive number, or an empty field: NaN.
static double number(const row_reader *r, enum column c) {
  text_slice s = field(r, c);
  double     x;
  if (s.n == 0) return (double)NAN;
  if (text_number(s, &x) && x > 0.0) return x;
  refuse(r->run, "input", "%s: '%.*s' is no positive number", columns[c].name, shown(s), s.at);
  return (double)NAN;
}

// A whole number from `least` on, or an empty field: `usual` (-1: the row cannot do without).
static int32_t whole(const row_reader *r, enum column c, double least, int32_t usual) {
  text_slice s = field(r, c);
  double     x;
  if (s.n == 0 && usual >= 0) return usual;
  if (text_number(s, &x) && x >= least && x <= 1e9 && x == floor(x)) return (int32_t)x;
  refuse(r->run, "input", s.n ? "%s: '%.*s' is no whole number in range" : "%s is not given%.*s", columns[c].name,
         shown(s), s.at);
  return 1;
}

// ---- Shape --------------------------------------------------------------------------------------------------------------

// Latent attention as DeepSeek-V2/V3 and models after it have it, where a row names it without its ranks (DeepSeek-V3,
// arXiv:2412.19437, section 4.2: query 1,536, key and value 512, rotary part 64).
enum { MLA_Q_RANK = 1536, MLA_KV_RANK = 512, MLA_ROPE = 64 };

static int32_t or_usual(int32_t x, int32_t usual) { return x > 0 ? x : usual; }

static void read_notes(text_slice notes, training_shape *s) {
  int32_t window = validate_words_number(notes, "sliding window");
  if (validate_words_find(notes, "MLA", NULL)) {
    s->q_rank = or_usual(validate_words_number(notes, "q_lora"), MLA_Q_RANK);
    s->kv_rank = or_usual(validate_words_number(notes, "kv_lora"), MLA_KV_RANK);
    s->rope_dim = or_usual(validate_words_number(notes, "rope"), MLA_ROPE);
    s->v_dim = s->head_dim;
  }
  if (window > 0) {
    s->window_tokens = window;
    s->window_every = validate_words_find(notes, "alternating", NULL) ? 2 : 1;
  }
  s->capacity_frac = validate_words_find(notes, "token dropping", NULL) ? 1.0 : (double)NAN;
  s->mtp_layers = validate_words_find(notes, "with MTP", NULL);
}

static void read_shape(const row_reader *r, training_shape *s) {
  text_slice act = field(r, COLUMN_act);
  s->layers = whole(r, COLUMN_layers, 1, -1);
  s->hidden = whole(r, COLUMN_hidden, 1, -1);
  s->heads = whole(r, COLUMN_heads, 1, -1);
  s->kv_heads = whole(r, COLUMN_kv_heads, 1, s->heads);
  s->head_dim = whole(r, COLUMN_head_dim, 1, s->hidden / (s->heads > 0 ? s->heads : 1));
  s->ffn = whole(r, COLUMN_ffn, 1, -1);
  s->vocab = whole(r, COLUMN_vocab, 1, -1);
  if (act.n > 0 && !validate_read_activation(act, &s->activation))
    refuse(r->run, "input", "act: '%.*s' is not known", shown(act), act.at);
  // Models with an activation without gate are of GPT's kind: biases, and one matrix for embedding and logits.
  s->biases = s->tied = s->positions = s->activation == TRAINING_GELU;
  s->experts = whole(r, COLUMN_experts, 1, 0);
  if (s->experts > 0) {
    s->top_k = whole(r, COLUMN_top_k, 1, -1);
    s->expert_ffn = whole(r, COLUMN_moe_ffn, 1, s->ffn);
    s->shared_experts = whole(r, COLUMN_shared_experts, 0, 0);
    s->dense_layers = whole(r, COLUMN_dense_layers, 0, 0);
  }
  read_notes(field(r, COLUMN_notes), s);
}

// ---- Plan ---------------------------------------------------------------------------------------------------------------

static bool of_family(text_slice stack, const char *begin) {
  return stack.n >= strlen(begin) && memcmp(stack.at, begin, strlen(begin)) == 0;
}

// What a stack does where a row says nothing. Overlap of tensor, pipeline and data parallelism came to Megatron in 2023
// (Megatron-Core 0.4, Transformer Engine 0.8; flags --tp-comm-overlap, --overlap-grad-reduce, off by default);
// recipes of NeMo and MLPerf set them, FSDP fetches ahead. Sequence parallelism (arXiv:2205.05198) and fused attention (arXiv:2205.14135):
// in releases after 2022-05.
static void apply_overlap(const row_reader *r, text_slice date, training_plan *p) {
  const validate_overlap *said = &r->run->said;
  text_slice              stack = r->run->stack;
  bool                    modern = date.n >= 4 && memcmp(date.at, "2023", 4) >= 0;
  bool                    later = modern || (date.n >= 7 && memcmp(date.at, "2022-06", 7) >= 0);
  bool recipes = modern && (of_family(stack, "nemo") || of_family(stack, "mlperf") || of_family(stack, "maxtext"));
  bool on_tp = said->tp >= 0 ? said->tp : recipes, on_pp = said->pp >= 0 ? said->pp : modern;
  bool on_dp = said->dp >= 0 ? said->dp : recipes || p->zero >= 2;
  p->overlap_tp_frac = on_tp;
  p->overlap_pp_frac = on_pp;
  p->overlap_dp_frac = on_dp;
  p->overlap_cp_frac = said->cp != 0;
  p->overlap_ep_frac = said->ep == 1;
  if (p->tp > 1 && later) p->sequence_parallel = 1;
  // Kernels of attention: Transformer Engine and cuDNN bring the machine's own, PyTorch FlashAttention-2. MPT ran a Triton
  // kernel of FlashAttention-1's kind: assumption, see docs/assumptions.md#measured-runs
  p->unfused = !later;
  p->flash1 = of_family(stack, "llm-foundry");
  p->flash2 = of_family(stack, "torchtitan");
  p->flat_gather = p->zero == 3 && !later;
  p->cuda_graphs = said->graphs == 1;
}

// Experts are cut by tensor parallelism too, as Megatron does by default, unless a row names another degree or the experts
// need more of the GPUs than data and context parallelism leave them.
static int32_t expert_tensor(const training_plan *p, text_slice notes) {
  int32_t etp = validate_words_number(notes, "etp");
  if (etp > 0) return etp;
  return p->ep <= p->dp * p->cp ? p->tp : 1;
}

static void read_words(const row_reader *r, training_plan *p) {
  text_slice precision = field(r, COLUMN_precision), recompute = field(r, COLUMN_recompute);
  text_slice zero = field(r, COLUMN_zero);
  if (!validate_read_precision(precision, &p->precision))
    refuse(r->run, "input", "precision: '%.*s' is not known", shown(precision), precision.at);
  if (!validate_read_recompute(recompute, p))
    refuse(r->run, "input", "recompute: '%.*s' is not known", shown(recompute), recompute.at);
  if (!validate_read_zero(zero, p)) refuse(r->run, "input", "zero: '%.*s' is not known", shown(zero), zero.at);
  validate_read_overlap(field(r, COLUMN_overlap), &r->run->said);
}

static void read_degrees(const row_reader *r, training_plan *p) {
  p->tp = whole(r, COLUMN_tp, 1, -1);
  p->cp = whole(r, COLUMN_cp, 1, 1);
  p->pp = whole(r, COLUMN_pp, 1, -1);
  p->vp = whole(r, COLUMN_vp, 1, 1);
  p->dp = whole(r, COLUMN_dp, 1, -1);
  p->ep = whole(r, COLUMN_ep, 1, 1);
  p->batch = whole(r, COLUMN_gbs, 1, -1);
  p->micro_batch = whole(r, COLUMN_mbs, 1, -1);
  p->seq_tokens = whole(r, COLUMN_seq, 1, -1);
  if (p->vp > 1) p->schedule = TRAINING_INTERLEAVED;
}

static void check_run(const row_reader *r, int32_t gpus) {
  validate_run *run = r->run;
  char          why[100];
  if (run->status) return;
  double degrees = (double)run->plan.tp * run->plan.cp * run->plan.pp * run->plan.dp;
  if (degrees != gpus) refuse(run, "input", "tp x cp x pp x dp is %.0f, n_gpus %d", degrees, gpus);
  else if (training_shape_check(&run->shape, why, sizeof why)) refuse(run, "input", "shape: %s", why);
  else if (training_plan_check(&run->shape, &run->plan, why, sizeof why)) refuse(run, "input", "plan: %s", why);
}

static validate_stratum stratum_of(const validate_run *run) {
  bool older = of_family(run->hardware, "A100") || of_family(run->hardware, "H100");
  if (run->set != RUNS_PUBLISHED) return run->set == RUNS_MULTI ? STRATUM_MULTI : STRATUM_SINGLE;
  if (run->shape.experts > 0) return STRATUM_MOE;
  if (run->plan.seq_tokens >= 16384) return STRATUM_LONG;
  return older && run->plan.precision <= COMPUTE_BF16 ? STRATUM_DENSE16 : STRATUM_DENSE8;
}

static void find_machine(const row_reader *r) {
  validate_run *run = r->run;
  const char   *why = NULL;
  int32_t       domain = whole(r, COLUMN_scaleup_domain, 1, 8);
  double        memory_gb = validate_words_number_before(field(r, COLUMN_notes), "GB HBM");
  double        nic_gbps = number(r, COLUMN_nic_gbps_per_gpu);
  if (run->status) return;
  run->machine =
      validate_machine(r->machines, run->hardware, memory_gb > 0.0 ? memory_gb : (double)NAN, domain, nic_gbps, &why);
  if (!run->machine) refuse(run, "input", "hardware: %s", why);
}

// "2025-06" or "2023" (its middle).
static double month_of(text_slice date) {
  text_slice year = {date.at, date.n < 4 ? date.n : 4}, month = {date.at + year.n, date.n - year.n};
  double     y, m = 6.5;
  if (!text_number(year, &y) || year.n != 4) return (double)NAN;
  if (month.n > 1 && !text_number((text_slice){month.at + 1, month.n - 1}, &m)) return (double)NAN;
  return 12.0 * (y - 2000.0) + m - 1.0;
}

// A run that was measured had room in memory: where nothing is said of recompute, the least that makes the plan fit: parts of
// a layer, else all of as many layers as it takes.
static void settle_recompute(validate_run *run, text_slice words) {
  training_plan   p = run->plan;
  training_memory m;
  if (run->status || (words.n > 0 && !validate_words_find(words, "stated", NULL))) return;
  for (int32_t kind = TRAINING_RECOMPUTE_NONE, layers = 0; layers <= run->shape.layers / p.pp;) {
    p.recompute = kind;
    p.recompute_layers = layers;
    training_memory_of(&run->shape, &p, &m);
    if (m.total_bytes <= run->machine->memory_bytes) {
      run->plan = p;
      return;
    }
    if (kind < TRAINING_RECOMPUTE_FULL) kind++;
    if (kind == TRAINING_RECOMPUTE_FULL) layers++;
  }
}

static void read_published(const row_reader *r) {
  validate_run *run = r->run;
  run->group = field(r, COLUMN_group);
  run->stack = field(r, COLUMN_stack);
  run->hardware = field(r, COLUMN_hardware);
  run->released_month = month_of(field(r, COLUMN_stack_date));
  run->step_s = number(r, COLUMN_step_time_s);
  run->memory_bytes = number(r, COLUMN_mem_gib_per_gpu) * 0x1p30;
  run->balanced = validate_words_find(field(r, COLUMN_notes), "force-balanced", NULL);
  if (!text_equal(field(r, COLUMN_plan_complete), "1")) {
    refuse(run, "skipped", "plan_complete is not 1: degrees, batch or micro-batch are not published");
    return;
  }
  if (isnan(run->step_s) && isnan(run->memory_bytes)) refuse(run, "skipped", "no step time is published");
  read_shape(r, &run->shape);
  read_degrees(r, &run->plan);
  read_words(r, &run->plan);
  run->plan.etp = run->shape.experts > 0 ? expert_tensor(&run->plan, field(r, COLUMN_notes)) : 1;
  apply_overlap(r, field(r, COLUMN_stack_date), &run->plan);
  run->stratum = stratum_of(run);
  find_machine(r);
  check_run(r, whole(r, COLUMN_n_gpus, 1, -1));
  settle_recompute(run, field(r, COLUMN_recompute));
}

// What the conditions of the set say of all its rows: Megatron-DeepSpeed on A100 with 800 Gb/s per server of eight, full
// recompute, no interleaving, no overlap, GPT of vocabulary 50,257.
static void read_vtrain(const row_reader *r) {
  validate_run   *run = r->run;
  training_shape *s = &run->shape;
  training_plan  *p = &run->plan;
  char            group[64];
  run->stack = text_of("megatron-deepspeed-vtrain");
  run->hardware = text_of("A100-80");
  run->step_s = number(r, COLUMN_step_time_s);
  run->memory_bytes = (double)NAN;
  if (isnan(run->step_s)) refuse(run, "skipped", "no step time is published");
  read_degrees(r, p);
  *s = (training_shape){.layers = whole(r, COLUMN_layers, 1, -1),
                        .hidden = whole(r, COLUMN_hidden, 1, -1),
                        .heads = whole(r, COLUMN_heads, 1, -1),
                        .vocab = 50257,
                        .tied = 1,
                        .biases = 1,
                        .positions = 1,
                        .activation = TRAINING_GELU,
                        .capacity_frac = (double)NAN};
  s->kv_heads = s->heads;
  s->head_dim = s->hidden / s->heads;
  s->ffn = s->hidden < 100000000 ? 4 * s->hidden : s->hidden;
  int32_t gpus = whole(r, COLUMN_n_gpus, 1, -1);
  int     n = snprintf(group, sizeof group, "vtrain-h%d-l%d-n%d", s->hidden, s->layers, gpus);
  char   *kept = arena_text(r->a, group, (size_t)n);
  run->group = kept ? (text_slice){kept, (size_t)n} : text_of("vtrain");
  p->recompute = TRAINING_RECOMPUTE_FULL;
  p->unfused = 1;  // assumption, see docs/assumptions.md#measured-runs
  p->precision = COMPUTE_FP16;
  p->overlap_tp_frac = p->overlap_cp_frac = p->overlap_pp_frac = p->overlap_dp_frac = p->overlap_ep_frac = 0.0;
  validate_read_overlap((text_slice){"", 0}, &run->said);
  const char *why = NULL;
  run->stratum = stratum_of(run);
  if (!run->status) run->machine = validate_machine(r->machines, run->hardware, (double)NAN, 8, 100.0, &why);
  if (why) refuse(run, "input", "hardware: %s", why);
  check_run(r, gpus);
}

// ---- Files --------------------------------------------------------------------------------------------------------------

static sg_err find_columns(const csv_table *t, validate_run_set set, int32_t *column, sg_diags *diags) {
  sg_err err = SG_OK;
  for (int c = 0; c < COLUMN_COUNT; c++) {
    const char *name = set == RUNS_PUBLISHED ? columns[c].name : columns[c].vtrain;
    column[c] = name ? csv_column(t, name) : -1;
    if (name && columns[c].must && column[c] < 0)
      err = diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1), "the first line names the columns",
                     "column '%s' is missing", name);
  }
  return err;
}

static sg_err make_room(validate_runs *runs, int32_t more, arena *a) {
  if (runs->n + more <= runs->capacity) return SG_OK;
  int32_t       capacity = 2 * (runs->n + more);
  validate_run *at = ARENA_NEW(a, validate_run, capacity);
  if (!at) return SG_ERR_MEMORY;
  if (runs->n > 0) memcpy(at, runs->at, (size_t)runs->n * sizeof *at);
  runs->at = at;
  runs->capacity = capacity;
  return SG_OK;
}

static bool same(text_slice a, text_slice b) { return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0); }

static bool stands_already(const validate_runs *runs, text_slice id) {
  for (int32_t i = 0; i < runs->n; i++)
    if (same(runs->at[i].id, id)) return true;
  return false;
}

sg_err validate_runs_join(validate_runs *runs, const validate_runs *more, arena *a) {
  int32_t named = runs->n;
  if (make_room(runs, more->n, a)) return SG_ERR_MEMORY;
  for (int32_t k = 0; k < more->n; k++) {
    bool known = false;
    for (int32_t i = 0; i < named && !known; i++)
      known = same(runs->at[i].id, more->at[k].id) || same(runs->at[i].group, more->at[k].group);
    if (!known) runs->at[runs->n++] = more->at[k];
  }
  return SG_OK;
}

sg_err validate_runs_read(const diag_source *source, validate_run_set set, validate_machines *machines, arena *a,
                          sg_diags *diags, validate_runs *out) {
  csv_table  t;
  row_reader r = {.t = &t, .a = a, .machines = machines};
  sg_err     err = csv_read(source, a, diags, &t);
  if (!err) err = find_columns(&t, set, r.column, diags);
  if (!err) err = make_room(out, t.n_row, a);
  if (err) return err;
  for (r.row = 0; r.row < t.n_row; r.row++) {
    validate_run *run = r.run = &out->at[out->n];
    *run = (validate_run){.id = field(&r, COLUMN_id),
                          .set = set,
                          .line = t.line[r.row],
                          .plan = training_plan_default(),
                          .released_month = (double)NAN,
                          .step_s = (double)NAN,
                          .memory_bytes = (double)NAN};
    run->plan.sequence_parallel = run->plan.zero = 0;  // unless the row says so
    if (run->id.n == 0) refuse(run, "input", "line %d has no id", run->line);
    else if (stands_already(out, run->id)) refuse(run, "input", "the id stands twice");
    if (csv_row_fields(&t, r.row) != t.n_column) refuse(run, "input", "the line has not as many fields as the head");
    if (set == RUNS_PUBLISHED) read_published(&r);
    else read_vtrain(&r);
    out->n++;
  }
  return SG_OK;
}
