// Training as JSON: schema stargate.train/1. Units are in the names; nothing that is not known is written as null.
#include <stddef.h>

#include "train_report.h"

// One double of a struct.
typedef struct number_row {
  const char *key;
  size_t      offset;
} number_row;

static void numbers(json_writer *w, const char *key, const void *of, const number_row *row, size_t n) {
  if (key) json_key(w, key);
  json_object(w);
  for (size_t i = 0; i < n; i++) {
    json_key(w, row[i].key);
    json_number(w, *(const double *)(const void *)((const char *)of + row[i].offset));
  }
  json_end(w);
}

#define ROWS(rows) rows, sizeof(rows) / sizeof(rows[0])
#define STEP(m) \
  { #m, offsetof(training_step, m) }
#define MEMORY(m) \
  { #m, offsetof(training_memory, m) }
#define RUN(m) \
  { #m, offsetof(twin_train_account, m) }

static const number_row step_rows[] = {
    STEP(step_s),      STEP(forward_s), STEP(backward_s),   STEP(recompute_s), STEP(bubble_s),   STEP(optimizer_s),
    STEP(straggler_s), STEP(other_s),   STEP(tp_s),         STEP(cp_s),        STEP(pp_s),       STEP(dp_s),
    STEP(ep_s),        STEP(tp_link_s), STEP(cp_link_s),    STEP(pp_link_s),   STEP(dp_link_s),  STEP(ep_link_s),
    STEP(mfu_frac),    STEP(hfu_frac),  STEP(tokens_per_s), STEP(energy_j),    STEP(model_flop), STEP(hardware_flop),
};
static const number_row memory_rows[] = {
    MEMORY(weights_bytes), MEMORY(gradients_bytes), MEMORY(optimizer_bytes), MEMORY(activations_bytes),
    MEMORY(buffers_bytes), MEMORY(context_bytes),   MEMORY(total_bytes),
};

static const number_row run_rows[] = {
    RUN(tokens),         RUN(steps), RUN(flop),       RUN(computing_day), RUN(duration_day),
    RUN(effective_frac), RUN(gang_frac), RUN(gpu_h), RUN(energy_mwh), RUN(loss),
    RUN(optimal_params), RUN(optimal_tokens), RUN(optimal_loss), RUN(next_year_frac),
};

#define TERM(m) \
  { #m, offsetof(training_terms, m) }
#define BILL(m) \
  { #m, offsetof(training_bill, m) }
static const number_row term_rows[] = {
    TERM(usd_per_gpu_h), TERM(usd_per_gpu), TERM(value_loss_per_yr), TERM(it_kw_per_gpu),
    TERM(pue_frac),      TERM(usd_per_kwh), TERM(research_frac),     TERM(staff_frac),
};
static const number_row bill_rows[] = {
    BILL(rent_usd),  BILL(hardware_usd),    BILL(energy_usd),   BILL(amortised_usd), BILL(research_usd),
    BILL(staff_usd), BILL(development_usd), BILL(left_out_usd), BILL(purchase_usd),
};

static void key_int(json_writer *w, const char *key, int64_t value) {
  json_key(w, key);
  json_int(w, value);
}

static void key_string(json_writer *w, const char *key, const char *value) {
  json_key(w, key);
  json_string(w, value);
}

static void plan(json_writer *w, const twin_train *t, const training_found *f) {
  char             words[240];
  twin_train_cause lost[TRAIN_CAUSES];
  int32_t          n = twin_train_causes(t, f, lost);
  twin_train_plan_words(&f->plan, words, sizeof words);
  json_object(w);
  key_string(w, "plan", words);
  numbers(w, "step", &f->step, ROWS(step_rows));
  numbers(w, "memory", &f->step.memory, ROWS(memory_rows));
  json_key(w, "roofline_s");
  json_number(w, twin_train_roofline_s(t, f));
  json_key(w, "lost_frac");
  json_object(w);
  for (int32_t i = 0; i < n; i++) {
    json_key(w, lost[i].what);
    json_number(w, lost[i].share_frac);
  }
  json_end(w);
  json_end(w);
}

static void sizes(json_writer *w, const twin_train *t) {
  json_key(w, "sizes");
  json_array(w);
  for (int32_t i = 0; i < t->n_size; i++) {
    const training_found *f = &t->size[i].found;
    char                  words[240];
    json_object(w);
    key_int(w, "gpus", t->size[i].gpus);
    json_key(w, "plan");
    if (f->plan.tp > 0) twin_train_plan_words(&f->plan, words, sizeof words), json_string(w, words);
    else json_null(w);
    json_key(w, "step_s");
    if (f->plan.tp > 0) json_number(w, f->step.step_s);
    else json_null(w);
    json_key(w, "duration_day");
    json_number(w, t->size[i].duration_day);
    json_end(w);
  }
  json_end(w);
}

#define SITES(m) \
  { #m, offsetof(training_sites_plan, m) }
static const number_row sites_rows[] = {
    SITES(gpus),          SITES(step_s),    SITES(utilisation_frac),  SITES(goodput_frac), SITES(time_s),
    SITES(penalty_frac),  SITES(loss),      SITES(equal_loss_time_s), SITES(ring_km),      SITES(bits_per_s),
    SITES(fibre_pair_km), SITES(fibre_usd), SITES(optics_usd),
};

static void sites(json_writer *w, const twin_train_sites *s) {
  static const char *const method[TRAINING_SITES_METHOD_COUNT] = {"synchronous", "diloco", "streaming"};
  json_key(w, "across");
  json_object(w);
  json_key(w, "campuses");
  json_row(w);
  for (int32_t i = 0; i < s->n; i++)
    if (s->plan.campuses >> i & 1) json_string(w, s->name[i]);
  json_end(w);
  key_string(w, "method", method[s->plan.method]);
  key_int(w, "inner_steps", s->plan.sync.inner_steps);
  key_int(w, "fragments", s->plan.sync.fragments);
  numbers(w, "plan", &s->plan, ROWS(sites_rows));
  json_end(w);
}

sg_err report_train_json(const twin_train *t, text_buffer *out) {
  const training_plan *best = &t->search.best[0].plan;
  json_writer          w = json_begin(out, 1);
  json_object(&w);
  key_string(&w, "schema", "stargate.train/1");
  key_string(&w, "model", t->model_name);
  key_string(&w, "accelerator", t->accelerator_name);
  key_string(&w, "fabric", t->fabric_name);
  key_string(&w, "precision", t->precision_word);
  json_key(&w, "own_architecture");
  json_bool(&w, t->own_shape);
  json_key(&w, "params");
  json_number(&w, t->params.total);
  json_key(&w, "active_params");
  json_number(&w, t->params.active);
  key_int(&w, "gpus", t->gpus);
  key_int(&w, "batch", best->batch);
  key_int(&w, "seq_tokens", best->seq_tokens);
  json_key(&w, "memory_bytes");
  json_number(&w, t->machine.memory_bytes);
  json_key(&w, "searched");
  json_bool(&w, t->searched);
  key_int(&w, "compared", (int64_t)(t->search.n_priced + t->search.n_cut));
  json_key(&w, "plans");
  json_array(&w);
  for (int32_t i = 0; i < t->search.n; i++) plan(&w, t, &t->search.best[i]);
  json_end(&w);
  numbers(&w, "run", &t->run, ROWS(run_rows));
  numbers(&w, "terms", &t->run.terms, ROWS(term_rows));
  numbers(&w, "cost", &t->run.bill, ROWS(bill_rows));
  if (t->sites) sites(&w, t->sites);
  sizes(&w, t);
  json_end(&w);
  return json_finish(&w) ? SG_OK : SG_ERR_MEMORY;
}
