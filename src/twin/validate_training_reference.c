// Reference: see validate_training_reference.h.
#include "validate_training_reference.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/csv.h"
#include "../training/plan.h"
#include "validate_training_rows.h"
#include "validate_training_system.h"

static const double count_bar_frac = 0.005, time_bar_frac = 0.03;

#define REFERENCE_COLUMNS(X)                                                                                           \
  X(id)                                                                                                                \
  X(system)                                                                                                            \
  X(hidden)                                                                                                            \
  X(feedforward)                                                                                                       \
  X(seq_size) X(attn_heads) X(attn_size) X(num_blocks) X(num_procs) X(tensor_par) X(pipeline_par) X(data_par)          \
      X(batch_size) X(microbatch_size) X(datatype) X(activation_recompute) X(pipeline_interleaving)                    \
          X(optimizer_sharding) X(tensor_par_comm_type) X(tensor_par_overlap) X(seq_par_ag_redo) X(data_par_overlap)   \
              X(weight_offload) X(total_time) X(tp_comm_link_time) X(recomm_link_time) X(pp_comm_link_time)            \
                  X(dp_comm_link_time) X(dp_comm_exposed_time) X(weight_space) X(weight_grad_space) X(optimizer_space) \
                      X(useful_flops)
#define COLUMN_ENUM(name) REFERENCE_##name,
enum { REFERENCE_COLUMNS(COLUMN_ENUM) REFERENCE_COUNT };
#define COLUMN_NAME(name) #name,
static const char *const column_names[REFERENCE_COUNT] = {REFERENCE_COLUMNS(COLUMN_NAME)};

typedef struct reference {
  csv_table           t;
  int32_t             row, column[REFERENCE_COUNT];
  system_description *system;  // of this row
  training_shape      shape;
  training_plan       plan;
  bool                redo, offload, ring, by_send;  // of Calculon's options
  double              compared, held;
  validate_report    *report;
} reference;

static text_slice field(const reference *r, int32_t c) { return csv_field(&r->t, r->row, r->column[c]); }
static bool       says(const reference *r, int32_t c, const char *word) { return text_equal(field(r, c), word); }

static double number(const reference *r, int32_t c) {
  double x;
  return text_number(field(r, c), &x) ? x : (double)NAN;
}

static int32_t whole(const reference *r, int32_t c) {
  double x = number(r, c);
  return x >= 1.0 && x <= 1e9 && x == floor(x) ? (int32_t)x : 0;  // 0: refused by the checks of shape and plan
}

// ---- Reading ------------------------------------------------------------------------------------------------------------

// Calculon's transformer is a stack of GPT layers without embedding and logits: a vocabulary of one token stands for that.
static void read_shape(reference *r) {
  r->shape = (training_shape){.layers = whole(r, REFERENCE_num_blocks),
                              .hidden = whole(r, REFERENCE_hidden),
                              .heads = whole(r, REFERENCE_attn_heads),
                              .kv_heads = whole(r, REFERENCE_attn_heads),
                              .head_dim = whole(r, REFERENCE_attn_size),
                              .ffn = whole(r, REFERENCE_feedforward),
                              .activation = TRAINING_GELU,
                              .vocab = 1,
                              .tied = 1,
                              .biases = 1,
                              .capacity_frac = (double)NAN};
}

static const char *read_plan(reference *r) {
  training_plan *p = &r->plan;
  *p = training_plan_default();
  p->tp = whole(r, REFERENCE_tensor_par);
  p->pp = whole(r, REFERENCE_pipeline_par);
  p->dp = whole(r, REFERENCE_data_par);
  p->vp = whole(r, REFERENCE_pipeline_interleaving);
  p->schedule = p->vp > 1 ? TRAINING_INTERLEAVED : TRAINING_1F1B;
  p->batch = whole(r, REFERENCE_batch_size);
  p->micro_batch = whole(r, REFERENCE_microbatch_size);
  p->seq_tokens = whole(r, REFERENCE_seq_size);
  p->zero = says(r, REFERENCE_optimizer_sharding, "true");
  p->sequence_parallel = !says(r, REFERENCE_tensor_par_comm_type, "ar");
  p->unfused = 1;
  if (says(r, REFERENCE_datatype, "float16")) p->precision = COMPUTE_FP16;
  else if (says(r, REFERENCE_datatype, "float8")) p->precision = COMPUTE_FP8;
  else return "datatype is neither float16 nor float8";
  text_slice again = field(r, REFERENCE_activation_recompute);
  if (text_equal(again, "attn_only")) p->recompute = TRAINING_RECOMPUTE_ATTENTION;
  else if (!validate_read_recompute(again, p)) return "activation_recompute is not known";
  r->redo = says(r, REFERENCE_seq_par_ag_redo, "true");
  r->offload = says(r, REFERENCE_weight_offload, "true");
  r->ring = !says(r, REFERENCE_tensor_par_overlap, "none");
  r->by_send = says(r, REFERENCE_tensor_par_comm_type, "p2p_rs_ag");
  p->overlap_tp_frac = r->ring;
  p->overlap_pp_frac = 0.0;
  p->overlap_dp_frac = says(r, REFERENCE_data_par_overlap, "true");
  return NULL;
}

// ---- Comparison ---------------------------------------------------------------------------------------------------------

// why: the reason where the two differ by construction; NULL: none is known, and the bar decides.
static void compare(reference *r, const char *quantity, const char *unit, int32_t c, double expected, double computed,
                    double bar, const char *why) {
  char       id[96];
  text_slice name = field(r, REFERENCE_id);
  snprintf(id, sizeof id, "%.*s", name.n < 95 ? (int)name.n : 95, name.at);
  validate_row *row = validate_add_row(r->report, id, quantity, unit);
  if (!row) return;
  row->expected = expected;
  row->computed = computed;
  if (isnan(expected)) {
    row->status = "input";
    snprintf(row->why, sizeof row->why, "%s is no number", column_names[c]);
    r->report->holds = false;
    return;
  }
  row->tolerance = bar * fabs(expected);
  row->rel_error = expected != 0.0 ? computed / expected - 1.0 : (double)NAN;
  bool ok = fabs(computed - expected) <= row->tolerance;
  row->status = ok ? "ok" : why ? "skipped" : "off";
  if (!ok && why) snprintf(row->why, sizeof row->why, "%s", why);
  r->compared++;
  r->held += ok;
  if (!ok && !why) r->report->holds = false;
}

// Calculon's assumptions, and its network's factors: those of the row's system. Where collectives overlap as rings it gathers
// one of the two inputs again.
static training_software calculon_software(const reference *r) {
  training_software w = training_software_default();
  w.matrix_frac[0] = w.matrix_frac[1] = w.matrix_frac[2] = w.attention_frac = w.memory_frac = w.overlap_frac = 1.0;
  w.kernel_s = w.step_overhead_s = w.straggler_frac = w.imbalance_frac = w.cast_bytes = 0.0;
  w.convention = (training_convention){.full_square = 1,
                                       .times_add = 1,
                                       .by_size = 1,
                                       .separate = 1,
                                       .blocks_only = 1,
                                       .staged = 1,
                                       .kept_frac = r->redo   ? 0.0
                                                    : r->ring ? 0.5
                                                              : 1.0,
                                       .whole_sends = 1};
  for (int k = 0; k < SYSTEM_NETWORKS; k++) {
    w.convention.all_reduce[k] = r->system->all_reduce[k];
    w.convention.gather[k] = r->system->gather[k];
  }
  return w;
}

static void compare_links(reference *r, const training_step *step) {
  const char *eight = r->plan.precision >= COMPUTE_FP8 ? "Calculon sends 8 bits where training in FP8 sends 16" : NULL;
  compare(r, "tensor links", "s", REFERENCE_tp_comm_link_time,
          number(r, REFERENCE_tp_comm_link_time) + number(r, REFERENCE_recomm_link_time),
          r->ring ? step->tp_link_s : step->tp_s, count_bar_frac,
          r->by_send ? "collectives as point-to-point rings: not modelled" : eight);
  compare(r, "pipeline links", "s", REFERENCE_pp_comm_link_time, number(r, REFERENCE_pp_comm_link_time),
          step->pp_link_s, count_bar_frac, eight);
  compare(r, "data links", "s", REFERENCE_dp_comm_link_time, number(r, REFERENCE_dp_comm_link_time), step->dp_link_s,
          count_bar_frac, eight);
}

static void compare_memory(reference *r) {
  training_memory m;
  const char     *why = r->offload ? "states are kept outside the GPU: not modelled" : NULL;
  training_memory_of(&r->shape, &r->plan, &m);
  compare(r, "weights", "byte", REFERENCE_weight_space, number(r, REFERENCE_weight_space), m.weights_bytes,
          count_bar_frac,
          why                                ? why
          : r->plan.precision >= COMPUTE_FP8 ? "Calculon keeps the only copy of the weights in 8 bits, we in 16"
                                             : NULL);
  compare(r, "gradients", "byte", REFERENCE_weight_grad_space, number(r, REFERENCE_weight_grad_space),
          m.gradients_bytes, count_bar_frac,
          "Calculon keeps sums in 16 bits, cut when the optimizer is, and one layer more; Megatron in 32");
  compare(r, "optimizer", "byte", REFERENCE_optimizer_space, number(r, REFERENCE_optimizer_space), m.optimizer_bytes,
          count_bar_frac, why);
}

static const char *compute(reference *r, char *why, int32_t n) {
  training_step     step;
  training_software w = calculon_software(r);
  if (training_shape_check(&r->shape, why, n) || training_plan_check(&r->shape, &r->plan, why, n)) return why;
  if (training_plan_evaluate(&r->shape, &r->system->machine, &w, &r->plan, &step)) return "the model refuses the plan";
  training_flops f;
  training_count_flops(&r->shape, r->plan.seq_tokens, 0, &f);
  compare(r, "model FLOP of a layer", "FLOP", REFERENCE_useful_flops, number(r, REFERENCE_useful_flops),
          3.0 * (f.total - f.logits) * r->plan.micro_batch / r->plan.tp / r->shape.layers, count_bar_frac, NULL);
  compare_memory(r);
  compare_links(r, &step);
  compare(r, "total time", "s", REFERENCE_total_time, number(r, REFERENCE_total_time), step.step_s, time_bar_frac,
          r->offload   ? "offloading is not modelled"
          : r->by_send ? "collectives as point-to-point rings: not modelled"
          : number(r, REFERENCE_dp_comm_exposed_time) > number(r, REFERENCE_dp_comm_link_time)
              ? "Calculon exposes more of the data links than there is"
          : r->ring ? "Calculon's backward products take less time where they share the GPU with collectives"
          : r->plan.precision >= COMPUTE_FP8 ? "Calculon keeps and sends everything in 8 bits"
                                             : NULL);
  return NULL;
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static bool ends_with(const char *s, text_slice end) {
  size_t n = strlen(s);
  return end.n > 0 && n >= end.n && memcmp(s + n - end.n, end.at, end.n) == 0 &&
         (n == end.n || s[n - end.n - 1] == '/');
}

static const diag_source *find_system(const diag_source *systems, size_t n, text_slice name) {
  for (size_t i = 0; i < n; i++)
    if (ends_with(systems[i].name, name)) return &systems[i];
  return NULL;
}

static void refuse(reference *r, const char *why) {
  char       id[96];
  text_slice name = field(r, REFERENCE_id);
  snprintf(id, sizeof id, "%.*s", name.n < 95 ? (int)name.n : 95, name.at);
  validate_row *row = validate_add_row(r->report, id, "case", "");
  r->report->holds = false;
  if (!row) return;
  row->status = "input";
  snprintf(row->why, sizeof row->why, "%s", why);
}

sg_err validate_training_reference(const diag_source *cases, const diag_source *systems, size_t n, arena *a,
                                   sg_diags *diags, validate_report *report) {
  reference r = {.report = report};
  sg_err    err = csv_read(cases, a, diags, &r.t);
  if (err) return err;
  for (int c = 0; c < REFERENCE_COUNT; c++) {
    r.column[c] = csv_column(&r.t, column_names[c]);
    if (r.column[c] < 0)
      return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(&r.t, -1, -1), "the first line names the columns",
                      "column '%s' is missing", column_names[c]);
  }
  for (r.row = 0; r.row < r.t.n_row && !err; r.row++) {
    char               why[120];
    arena_mark         mark = arena_mark_get(a);
    const diag_source *of = find_system(systems, n, field(&r, REFERENCE_system));
    r.system = ARENA_NEW(a, system_description, 1);
    if (!r.system) return SG_ERR_MEMORY;
    if (of) err = validate_system_read(of, a, diags, r.system);
    if (err) break;
    read_shape(&r);
    const char *wrong = of ? read_plan(&r) : "its file is not in systems/";
    if (!wrong) wrong = compute(&r, why, sizeof why);
    if (wrong) refuse(&r, wrong);
    arena_release(a, mark);
  }
  validate_add_value(report, "calculon.compared", r.compared);
  validate_add_value(report, "calculon.within", r.held);
  return err;
}
