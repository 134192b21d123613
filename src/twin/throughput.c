#include "throughput.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "../base/number.h"
#include "../compute/machine.h"
#include "../training/search.h"

static double gpus_at(int32_t i) { return ldexp(64, 2 * i); }

// The shape of what a run trains: its model's, or a usual one where the run states its own size.
static training_shape shape_of(const training_run *run, const training_model *model) {
  training_shape s;
  double         active = training_active_params(run, model), params = isnan(run->params) ? active : run->params;
  bool           own = !isnan(run->params) || !isnan(run->active_params);
  if (own || !model) training_shape_typical(number_most(params, active), active, &s);
  else training_model_shape(model, &s);
  return s;
}

// Sequences of a step: a power of two near the tokens that are asked for, so that most degrees divide it.
static int32_t sequences_of(const training_run *run) {
  double n = (double)run->batch_tokens / run->seq_tokens;
  return (int32_t)exp2(floor(log2(number_most(1, n)) + 0.5));
}

// What is to be searched for. False: it makes no sense.
static bool work_of(const twin_model *m, const training_run *run, const compute_rack *rack, twin_throughput_work *out) {
  const training_model      *model = run->model < 0 ? NULL : &m->plan_view.model[run->model];
  const compute_accelerator *of = &m->plan_view.accelerator[rack->accelerator];
  char                       why[160];
  *out = (twin_throughput_work){0};
  out->shape = shape_of(run, model);
  compute_machine_of(of, programme_row(&m->p, CLASS_FABRIC, rack->fabric), &out->machine);
  out->active_params = training_active_params(run, model);
  out->bf16_tflops = of->bf16_tflops;
  out->sequences = sequences_of(run);
  out->seq_tokens = (int32_t)run->seq_tokens;
  out->precision =
      compute_machine_has(&out->machine, (compute_precision)run->precision, why, sizeof why) ? COMPUTE_BF16 : run->precision;
  out->known = 1;
  return !compute_machine_check(&out->machine, why, sizeof why) && !training_shape_check(&out->shape, why, sizeof why);
}

// The same bytes, bytes between members apart.
static bool same_tier(const compute_tier *a, const compute_tier *b) {
  const size_t from = offsetof(compute_tier, bytes_per_s);
  return a->gpus == b->gpus && !memcmp((const char *)a + from, (const char *)b + from, sizeof *a - from);
}

static bool same_machine(const compute_machine *a, const compute_machine *b) {
  if (memcmp(a, b, offsetof(compute_machine, n_tier)) != 0 || a->n_tier != b->n_tier) return false;
  for (int32_t i = 0; i < a->n_tier; i++)
    if (!same_tier(&a->tier[i], &b->tier[i])) return false;
  return !memcmp(&a->power_w, &b->power_w, sizeof a->power_w) && !memcmp(&a->idle_w, &b->idle_w, sizeof a->idle_w);
}

static bool same_search(const twin_throughput_work *a, const twin_throughput_work *b) {
  const size_t from = offsetof(twin_throughput_work, active_params), to = offsetof(twin_throughput_work, known);
  return a->known == b->known && !memcmp((const char *)a + from, (const char *)b + from, to - from) &&
         !memcmp(&a->shape, &b->shape, offsetof(training_shape, positions) + sizeof a->shape.positions) &&
         same_machine(&a->machine, &b->machine);
}

// The table of the same work in a model that was loaded before; NULL: it has none.
static const twin_throughput *table_like(const twin_model *like, const twin_throughput_work *work) {
  size_t n = like ? (size_t)like->n[CLASS_RUN] * (size_t)like->n[CLASS_RACK] : 0;
  for (size_t i = 0; i < n; i++)
    if (like->throughput[i].work.known && same_search(&like->throughput[i].work, work)) return &like->throughput[i];
  return NULL;
}

static void fill(const twin_model *m, const training_run *run, const compute_rack *rack, const twin_model *like,
                 training_search *found, twin_throughput *out) {
  const compute_accelerator *of = &m->plan_view.accelerator[rack->accelerator];
  training_software          software = training_software_default();
  twin_throughput_work      *work = &out->work;
  if (!work_of(m, run, rack, work)) return;
  const twin_throughput *known = table_like(like, work);
  if (known) *out = *known;
  for (int32_t i = 0; i < TWIN_THROUGHPUT_SIZES && !known; i++) {
    training_space space = training_space_default((int32_t)gpus_at(i), work->sequences, work->seq_tokens, work->precision);
    space.coarse = 1;
    space.fixed.etp = 1;
    if (work->seq_tokens <= 8192) space.fixed.cp = 1;  // shorter sequences are not cut
    space.free_sequence_parallel = 0;
    found->n_wanted = 1;
    if (training_search_run(&work->shape, &work->machine, &software, &space, 0, 1, found) || !found->n) continue;
    out->mfu_frac[i] = 6 * work->active_params * found->best[0].step.tokens_per_s / compute_peak_flops(of, gpus_at(i));
  }
}

static bool same_work(const twin_model *m, int32_t r, int32_t q) {
  const training_run *a = &m->plan_view.run[r], *b = &m->plan_view.run[q];
  return a->model >= 0 && a->model == b->model && isnan(b->mfu_frac) && isnan(a->params) && isnan(b->params) &&
         isnan(a->active_params) && isnan(b->active_params) && a->batch_tokens == b->batch_tokens &&
         a->seq_tokens == b->seq_tokens && a->precision == b->precision;
}

static bool is_used(const twin_model *m, int32_t rack) {
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
    if (m->plan_view.campus[c].racks == rack) return true;
  return false;
}

sg_err twin_make_throughput(twin_model *m, const twin_model *like) {
  int32_t          n = m->n[CLASS_RACK], runs = m->n[CLASS_RUN];
  training_search *found = runs ? ARENA_NEW(m->a, training_search, 1) : NULL;
  m->throughput = ARENA_NEW(m->a, twin_throughput, (size_t)runs * (size_t)n + 1);
  if (!m->throughput || (runs && !found)) return SG_ERR_MEMORY;
  for (int32_t r = 0; r < runs; r++) {
    const training_run *run = &m->plan_view.run[r];
    if (!isnan(run->mfu_frac)) continue;
    int32_t first = 0;
    while (first < r && !same_work(m, r, first)) first++;
    for (int32_t k = 0; k < n; k++) {
      twin_throughput *out = &m->throughput[r * n + k];
      if (first < r) *out = m->throughput[first * n + k];
      else if (is_used(m, k)) fill(m, run, &m->plan_view.rack[k], like, found, out);
    }
  }
  return SG_OK;
}

double twin_throughput_mfu(const twin_model *m, int32_t r, int32_t rack, double gpus) {
  const double *mfu = m->throughput[r * m->n[CLASS_RACK] + rack].mfu_frac;
  double        x = log2(number_most(gpus, 1) / gpus_at(0)) / 2;
  if (!(x > 0)) return mfu[0];
  int32_t i = (int32_t)number_least(TWIN_THROUGHPUT_SIZES - 2, floor(x));
  return mfu[i] + (mfu[i + 1] - mfu[i]) * number_least(1, x - i);
}
