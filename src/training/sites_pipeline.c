// Sites, the pipeline of layers: see sites.h.
#include <math.h>
#include <stdbool.h>

#include "../base/number.h"
#include "sites.h"

// The state between two steps. Times in seconds from the start; steps are counted from 0.
typedef struct pipeline_state {
  double  clock_s, link_s;                   // the processor, and the link, are taken until then
  double  arrival_s[TRAINING_SITES_LAYERS];  // of what a layer last sent
  int32_t due_step[TRAINING_SITES_LAYERS];   // whose forward pass waits for it; -1: none
  int32_t n_due;
  int32_t next_fragment;  // of this period
} pipeline_state;

typedef struct pipeline_times {
  double forward_s, backward_s, send_s;  // of one layer
} pipeline_times;

static sg_err check(const training_pipeline *p, double bits_per_s) {
  const training_sync *s = &p->sync;
  bool ok = p->layers >= 1 && p->layers <= TRAINING_SITES_LAYERS && p->params > 0.0 && isfinite(p->params) &&
            p->step_s > 0.0 && isfinite(p->step_s) && p->backward_frac >= 0.0 && p->backward_frac <= 1.0 &&
            p->link_frac >= 0.0 && p->link_frac <= 2.0 && p->latency_s >= 0.0 && isfinite(p->latency_s) &&
            s->bits_per_param > 0.0 && s->bits_per_param <= 64.0 && s->inner_steps >= 1 && s->inner_steps <= 100000 &&
            s->fragments >= 1 && s->fragments <= p->layers && s->overlap_steps >= 0 &&
            s->overlap_steps < s->inner_steps && bits_per_s > 0.0 && isfinite(bits_per_s);
  return ok ? SG_OK : SG_ERR_RANGE;
}

// Fragments end evenly over a period: fragment f is sent in step ceil((f + 1) H / P) - 1; more than one in a step where P > H.
static int32_t end_step(const training_sync *s, int32_t fragment) {
  return (int32_t)((((int64_t)fragment + 1) * s->inner_steps + s->fragments - 1) / s->fragments) - 1;
}

static void forward(const training_pipeline *p, const pipeline_times *each, int32_t step, pipeline_state *state) {
  for (int32_t i = 0; i < p->layers; i++) {
    if (state->due_step[i] == step) {
      state->clock_s = number_most(state->clock_s, state->arrival_s[i]);
      state->due_step[i] = -1;
      state->n_due--;
    }
    state->clock_s += each->forward_s;
  }
}

// Backward pass with the fragments first .. last - 1 sent layer by layer behind it.
static void backward(const training_pipeline *p, const pipeline_times *each, int32_t step, int32_t first, int32_t last,
                     pipeline_state *state) {
  for (int32_t i = p->layers - 1; i >= 0; i--) {
    state->clock_s += each->backward_s;
    int32_t fragment = i % p->sync.fragments;
    if (fragment < first || fragment >= last) continue;
    state->link_s = number_most(state->link_s, state->clock_s) + each->send_s;
    state->arrival_s[i] = state->link_s + p->latency_s;
    state->due_step[i] = step + 1 + p->sync.overlap_steps;
    state->n_due++;
  }
}

static void run_period(const training_pipeline *p, const pipeline_times *each, int32_t period, pipeline_state *state) {
  const training_sync *s = &p->sync;
  state->next_fragment = 0;
  for (int32_t k = 0; k < s->inner_steps; k++) {
    int32_t step = period * s->inner_steps + k, first = state->next_fragment, last = first;
    while (last < s->fragments && end_step(s, last) == k) last++;
    state->next_fragment = last;
    if (state->n_due == 0 && first == last) {
      state->clock_s += p->step_s;
      continue;
    }
    forward(p, each, step, state);
    backward(p, each, step, first, last, state);
  }
}

sg_err training_sites_utilisation(const training_pipeline *p, double bits_per_s, double *out_frac) {
  sg_err err = check(p, bits_per_s);
  if (err) return err;
  *out_frac = 1.0;
  if (p->link_frac == 0.0) return SG_OK;
  double         layer_s = p->step_s / p->layers;
  pipeline_times each = {.forward_s = layer_s * (1.0 - p->backward_frac), .backward_s = layer_s * p->backward_frac};
  each.send_s = p->params / p->layers * p->sync.bits_per_param * p->link_frac / bits_per_s;
  pipeline_state state = {0};
  for (int32_t i = 0; i < p->layers; i++) state.due_step[i] = -1;
  run_period(p, &each, 0, &state);
  double from_s = state.clock_s;
  run_period(p, &each, 1, &state);
  run_period(p, &each, 2, &state);
  *out_frac = number_least(2.0 * p->sync.inner_steps * p->step_s / (state.clock_s - from_s), 1.0);
  return SG_OK;
}

// ---- Inverse ------------------------------------------------------------------------------------------------------------

double training_sites_grid_bits_per_s(int32_t k) { return 1e8 * pow(10.0, 4.0 * k / (TRAINING_SITES_GRID - 1)); }

sg_err training_sites_grid_reach(const training_pipeline *p, double target_frac, int32_t *out) {
  int32_t low = 0, high = TRAINING_SITES_GRID;  // more bandwidth never slows: the answer is in low .. high
  if (!(target_frac > 0.0 && target_frac <= 1.0)) return SG_ERR_RANGE;
  while (low < high) {
    int32_t middle = (low + high) / 2;
    double  frac;
    sg_err  err = training_sites_utilisation(p, training_sites_grid_bits_per_s(middle), &frac);
    if (err) return err;
    if (frac >= target_frac) high = middle;
    else low = middle + 1;
  }
  *out = low;
  return SG_OK;
}

sg_err training_sites_bits_per_s(const training_pipeline *p, double target_frac, double *out) {
  if (!(target_frac > 0.0 && target_frac <= 1.0)) return SG_ERR_RANGE;
  double low = 1.0, high = 1e21, frac;  // a modem, and a million cables
  sg_err err = training_sites_utilisation(p, high, &frac);
  if (err) return err;
  *out = 0.0;
  if (p->link_frac == 0.0) return SG_OK;
  if (frac < target_frac) return SG_ERR_NUMERIC;
  while (high > 1.001 * low) {
    double middle = sqrt(low * high);
    err = training_sites_utilisation(p, middle, &frac);
    if (err) return err;
    if (frac >= target_frac) high = middle;
    else low = middle;
  }
  *out = high;
  return SG_OK;
}
