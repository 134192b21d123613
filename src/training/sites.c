// Sites: see sites.h.
#include "sites.h"

#include <math.h>
#include <stdbool.h>

#include "../base/number.h"

// ---- Agreement ----------------------------------------------------------------------------------------------------------

training_sync training_sync_of(training_sites_method method, int32_t inner_steps, int32_t layers) {
  training_sync sync = {.bits_per_param = 16.0, .inner_steps = inner_steps, .fragments = 1};
  if (method == TRAINING_SITES_SYNCHRONOUS) sync.inner_steps = 1;
  if (method == TRAINING_SITES_STREAMING) {
    sync.bits_per_param = 4.0;
    sync.fragments = (layers + 2) / 3;
    sync.overlap_steps = inner_steps > 1;
  }
  return sync;
}

double training_ring_frac(int32_t sites) { return sites > 1 ? 2.0 * (sites - 1) / sites : 0.0; }

// ---- Loss ---------------------------------------------------------------------------------------------------------------

training_sites_law training_sites_law_published(void) {
  return (training_sites_law){.c = 0.002142,
                              .p = 2.048,
                              .q = 0.2927,
                              .k = 0.04201,
                              .h0 = 100.0,
                              .streaming_extra = 0.2974,
                              .outer_gain = 0.006346};
}

double training_sites_penalty(const training_sites_law *law, training_sites_method method, int32_t sites, double params,
                              int32_t inner_steps) {
  if (sites <= 1 || method == TRAINING_SITES_SYNCHRONOUS) return 0.0;
  double by_sites = law->c * pow(log2(sites), law->p) * pow(params / 1e9, -law->q);
  double by_steps = law->k * (1.0 - 1.0 / sites) * log1p(inner_steps / law->h0);
  return (by_sites + by_steps) * (method == TRAINING_SITES_STREAMING ? 1.0 + law->streaming_extra : 1.0);
}

double training_sites_loss(double loss, double irreducible_loss, double penalty_frac) {
  return irreducible_loss + (loss - irreducible_loss) * (1.0 + penalty_frac);
}

// ---- Loss of a site -----------------------------------------------------------------------------------------------------

double training_sites_goodput(training_sites_method method, const double *up_frac, const double *work_frac, int32_t n) {
  double all = 1.0, some = 0.0;
  for (int32_t i = 0; i < n; i++) {
    all *= up_frac[i];
    some += up_frac[i] * work_frac[i];
  }
  return method == TRAINING_SITES_SYNCHRONOUS ? all : some;
}

// ---- Choice -------------------------------------------------------------------------------------------------------------

enum { SUBSETS = 1 << TRAINING_SITES_MOST };

typedef struct chooser {
  const training_campus    *campus;
  const compute_fibre      *fibre;
  const training_sites_law *law;
  const training_sites_run *run;
  int32_t                   n;
  double                    ring_km[SUBSETS];  // straight, of the shortest ring through a subset
} chooser;

static bool in(double x, double least, double most) { return x >= least && x <= most; }

static bool above_zero(double x) { return x > 0.0 && isfinite(x); }

static sg_err check(const training_campus *campus, int32_t n, const double *straight_km, const training_sites_run *r) {
  bool ok = n >= 1 && n <= TRAINING_SITES_MOST && above_zero(r->params) && above_zero(r->tokens) &&
            above_zero(r->batch_tokens) && r->layers >= 1 && r->layers <= TRAINING_SITES_LAYERS &&
            in(r->backward_frac, 0.0, 1.0) && above_zero(r->loss) && in(r->irreducible_loss, 0.0, r->loss) &&
            above_zero(r->loss_exponent) && in(r->target_frac, 0.01, 0.999) && r->fibre_usd >= 0.0;
  for (int32_t i = 0; ok && i < n; i++) {
    const training_campus *c = &campus[i];
    ok = above_zero(c->gpus) && above_zero(c->step_s) && above_zero(c->step_tokens) && in(c->up_frac, 1e-3, 1.0);
    for (int32_t j = 0; ok && j < n; j++) ok = in(straight_km[i * n + j], 0.0, 30000.0);
  }
  return ok ? SG_OK : SG_ERR_RANGE;
}

// Shortest ring through each subset, from its first campus: Held and Karp, J. SIAM 10 (1962), p. 196.
static void measure_rings(chooser *c, const double *km) {
  double  path[SUBSETS][TRAINING_SITES_MOST];
  int32_t n = c->n, subsets = 1 << n;
  for (int32_t set = 1; set < subsets; set++) {
    int32_t first = 0;
    while (!(set >> first & 1)) first++;
    c->ring_km[set] = HUGE_VAL;
    for (int32_t last = 0; last < n; last++) {
      path[set][last] = set == 1 << first && last == first ? 0.0 : HUGE_VAL;
      int32_t before = set & ~(1 << last);
      if (!(set >> last & 1)) continue;
      for (int32_t i = first; i < n && last != first; i++)
        if (before >> i & 1) path[set][last] = number_least(path[set][last], path[before][i] + km[i * n + last]);
      c->ring_km[set] = number_least(c->ring_km[set], path[set][last] + km[last * n + first]);
    }
    int32_t rest = set & ~(1 << first);
    if (rest != 0 && (rest & (rest - 1)) == 0) c->ring_km[set] *= 0.5;  // two campuses: there and back is one route
  }
}

// What a subset and a method come to without any exchange; utilisation 1.
static training_sites_plan plan_of(const chooser *c, uint32_t set, training_sites_method method, int32_t inner_steps) {
  const training_sites_run *r = c->run;
  training_sites_plan       plan = {.campuses = set, .method = method};
  double                    up_frac[TRAINING_SITES_MOST], work_frac[TRAINING_SITES_MOST], speed = 0.0;
  for (int32_t i = 0; i < c->n; i++) {
    if (!(set >> i & 1)) continue;
    up_frac[plan.sites] = c->campus[i].up_frac;
    work_frac[plan.sites] = c->campus[i].step_tokens / c->campus[i].step_s;
    speed += work_frac[plan.sites++];
    plan.gpus += c->campus[i].gpus;
  }
  for (int32_t i = 0; i < plan.sites; i++) work_frac[i] /= speed;
  plan.sync = training_sync_of(method, inner_steps, r->layers);
  plan.step_s = r->batch_tokens / speed;
  plan.utilisation_frac = 1.0;
  plan.goodput_frac = training_sites_goodput(method, up_frac, work_frac, plan.sites);
  plan.time_s = r->tokens / (speed * plan.goodput_frac);
  plan.penalty_frac = training_sites_penalty(c->law, method, plan.sites, r->params, plan.sync.inner_steps);
  plan.loss = training_sites_loss(r->loss, r->irreducible_loss, plan.penalty_frac);
  plan.equal_loss_time_s = plan.time_s * pow(1.0 + plan.penalty_frac, 1.0 / r->loss_exponent);
  return plan;
}

// Sizes the ring of a plan; false: no rate is enough, or there is no money for it.
static bool link_up(const chooser *c, training_sites_plan *plan) {
  if (plan->sites == 1) return true;
  double            straight_km = c->ring_km[plan->campuses], links = plan->sites == 2 ? 1.0 : plan->sites;
  compute_link      length = compute_link_for(c->fibre, straight_km, 0.0);
  training_pipeline p = {.layers = c->run->layers,
                         .params = c->run->params,
                         .step_s = plan->step_s,
                         .backward_frac = c->run->backward_frac,
                         .link_frac = training_ring_frac(plan->sites),
                         .latency_s = 2.0 * (plan->sites - 1) * length.delay_s / links,
                         .sync = plan->sync};
  if (training_sites_bits_per_s(&p, c->run->target_frac, &plan->bits_per_s) != SG_OK) return false;
  if (training_sites_utilisation(&p, plan->bits_per_s, &plan->utilisation_frac) != SG_OK) return false;
  compute_link ring = compute_link_for(c->fibre, straight_km, plan->bits_per_s);
  plan->ring_km = ring.route_km;
  plan->fibre_pair_km = ring.pairs * ring.route_km;
  plan->fibre_usd = ring.build_usd;
  plan->optics_usd = ring.optics_usd * links;
  plan->time_s /= plan->utilisation_frac;
  plan->equal_loss_time_s /= plan->utilisation_frac;
  return plan->fibre_usd + plan->optics_usd <= c->run->fibre_usd;
}

static void consider(const chooser *c, uint32_t set, training_sites_method method, int32_t inner_steps,
                     training_sites_plan *best) {
  const double        equal = 1.0 + 1e-6;  // beside the thousandth to which links are sized
  training_sites_plan plan = plan_of(c, set, method, inner_steps);
  if (plan.equal_loss_time_s > best->equal_loss_time_s * equal || !link_up(c, &plan)) return;
  double cost = plan.fibre_usd + plan.optics_usd, best_cost = best->fibre_usd + best->optics_usd;
  if (plan.equal_loss_time_s * equal < best->equal_loss_time_s ||
      (plan.equal_loss_time_s <= best->equal_loss_time_s * equal && cost < best_cost))
    *best = plan;
}

sg_err training_sites_choose(const training_campus *campus, int32_t n, const double *straight_km,
                             const compute_fibre *fibre, const training_sites_law *law, const training_sites_run *run,
                             training_sites_plan *out) {
  static const int32_t inner_steps[] = {10, 30, 100, 300};
  chooser              c = {.campus = campus, .fibre = fibre, .law = law, .run = run, .n = n};
  sg_err               err = check(campus, n, straight_km, run);
  if (err) return err;
  measure_rings(&c, straight_km);
  training_sites_plan best = {.equal_loss_time_s = HUGE_VAL};
  for (uint32_t set = (1u << n) - 1; set > 0; set--) {  // the largest first: smaller ones are then passed over early
    consider(&c, set, TRAINING_SITES_SYNCHRONOUS, 1, &best);
    if ((set & (set - 1)) == 0) continue;
    for (int m = TRAINING_SITES_DILOCO; m <= TRAINING_SITES_STREAMING; m++)
      for (size_t k = 0; k < sizeof inner_steps / sizeof inner_steps[0]; k++)
        consider(&c, set, (training_sites_method)m, inner_steps[k], &best);
  }
  *out = best;
  return SG_OK;
}
