// Sites: one model trained on several campuses at once: how they agree, what it costs in time and loss, which to use.
//
// A campus is a replica of the model. Either all agree on every gradient (synchronous), or each takes H inner steps and then
// they average what changed (DiLoCo: Douillard et al. 2023, arXiv:2311.08105), whole or by fragments while the next steps run
// (streaming DiLoCo: Douillard et al. 2025, arXiv:2501.18512). Pure, no allocation.
#ifndef TRAINING_SITES_H
#define TRAINING_SITES_H

#include <stdint.h>

#include "../../include/stargate.h"
#include "../compute/wan.h"

// ---- Agreement ----------------------------------------------------------------------------------------------------------

#define TRAINING_SITES_METHODS "synchronous|diloco|streaming"
typedef enum training_sites_method {
  TRAINING_SITES_SYNCHRONOUS,
  TRAINING_SITES_DILOCO,
  TRAINING_SITES_STREAMING,
  TRAINING_SITES_METHOD_COUNT
} training_sites_method;

// What is sent, and when.
typedef struct training_sync {
  double
      bits_per_param;  // on the wire: 16, or 4 for streaming with its outer gradients in E3M0 (arXiv:2501.18512, sec. 2.4)
  int32_t inner_steps;  // H >= 1 between two agreements on the same layer; 1: every step
  int32_t
      fragments;  // that a model is sent in, evenly over the H steps; 1 .. layers, layer i is of fragment i mod this
  int32_t overlap_steps;  // steps that go on before what was sent must have come; 0: the next pass waits
} training_sync;

// The published variants. synchronous: H is 1 whatever is asked; streaming: fragments of three layers, one step of overlap,
// 4 bits (arXiv:2501.18512, secs. 2.2 to 2.4 and table 4).
training_sync training_sync_of(training_sites_method method, int32_t inner_steps, int32_t layers);

// Share of a payload that a ring all-reduce over m sites puts on each link, each way: 2 (m - 1) / m; 0 for one site.
// Source: Patarasuk and Yuan, J. Parallel Distrib. Comput. 69 (2009), eq. 2.
double training_ring_frac(int32_t sites);

// ---- Pipeline of layers -------------------------------------------------------------------------------------------------

enum { TRAINING_SITES_LAYERS = 1024 };

typedef struct training_pipeline {
  int32_t       layers;         // 1 .. TRAINING_SITES_LAYERS, alike
  double        params;         // of the model, spread over the layers
  double        step_s;         // of one inner step without any exchange
  double        backward_frac;  // of it; 2/3 where a backward pass is twice a forward pass
  double        link_frac;      // of a payload on the wire: training_ring_frac
  double        latency_s;      // from the last bit sent to the sum received
  training_sync sync;
} training_pipeline;

// Share of time that computes, in the long run, when the link carries bits_per_s each way. Simulated layer by layer: the
// processor runs forward 1 .. L and backward L .. 1; what a layer has to say is ready after its backward pass; the link sends
// in that order, one at a time; the forward pass of a layer waits until what was sent `overlap_steps` steps before has come.
// Measured over two whole periods of H steps after one of warming up. One site (link_frac 0): 1.
// Errors: SG_ERR_RANGE. Cost: O(fragments x layers) a period. After arXiv:2501.18512, appendix on bandwidth simulation.
sg_err training_sites_utilisation(const training_pipeline *p, double bits_per_s, double *out_frac);

// The grid of the published tables: 50 points, even in the logarithm, 0.1 to 1000 Gbit/s (one step is 20.7 %).
enum { TRAINING_SITES_GRID = 50 };
double training_sites_grid_bits_per_s(int32_t k);

// First point of the grid whose utilisation is target_frac or more; TRAINING_SITES_GRID: none. Errors: SG_ERR_RANGE.
sg_err training_sites_grid_reach(const training_pipeline *p, double target_frac, int32_t *out);

// Least rate for target_frac, to a part in 1,000. Errors: SG_ERR_RANGE, SG_ERR_NUMERIC (no rate reaches it: latency,
// or a layer that is always exposed).
sg_err training_sites_bits_per_s(const training_pipeline *p, double target_frac, double *out);

// ---- Loss ---------------------------------------------------------------------------------------------------------------

// What agreeing rarely costs: a fraction of the REDUCIBLE loss (what stands above the irreducible loss of the scaling law
// that is in use), not of the total.
//   disagreement(m, n, h) = c log2(m)^p (n / 1e9)^-q + k (1 - 1/m) ln(1 + h / h0), times (1 + streaming_extra) if streaming
// 0 for one site; rises with sites and steps; falls with the model's size n. The first term is what Charles et al. 2025,
// arXiv:2503.09799, measured at h = 30 for 35M to 10B; the second is the spread of m replicas about their mean (1 - 1/m)
// growing with h, from the rows of arXiv:2501.18512 at h = 30 and 100. Outside 2 .. 8 sites, 30 .. 100 steps and these sizes
// it is an extrapolation: see docs/assumptions.md#sites.
typedef struct training_sites_law {
  double c, p, q;          // sites, at any h
  double k, h0;            // sites x steps
  double streaming_extra;  // fragments, overlap and 4 bits together
  double outer_gain;       // reducible loss that DiLoCo's outer optimizer saves at any number of sites, one included
} training_sites_law;

// Least squares over the 54 rows on C4 of data/validation/multisite, 2026-11; error out of fold: docs/validation-multisite.md.
training_sites_law training_sites_law_published(void);

// Fraction of the reducible loss by which it rises over one synchronous site; 0 for one site and for synchronous training.
// The outer optimizer's gain is not in it: one site could have it as well.
double training_sites_penalty(const training_sites_law *law, training_sites_method method, int32_t sites, double params,
                              int32_t inner_steps);

// irreducible + (loss - irreducible) (1 + penalty): both of the same law.
double training_sites_loss(double loss, double irreducible_loss, double penalty_frac);

// ---- Loss of a site -----------------------------------------------------------------------------------------------------

// Share of the sites' work that gets done when site i is up a share up_frac[i] of the time and does work_frac[i] (sums to 1).
// Synchronous: only while all are up, prod up. Others: a lost site is a lost replica, sum work up. Failures independent;
// what a lost replica had not yet sent (half of H steps) is small beside a repair and left out.
double training_sites_goodput(training_sites_method method, const double *up_frac, const double *work_frac, int32_t n);

// ---- Choice -------------------------------------------------------------------------------------------------------------

enum { TRAINING_SITES_MOST = 10 };

typedef struct training_campus {
  double gpus;
  double step_s, step_tokens;  // alone, by the planner: seconds of a step and the tokens that it takes in
  double up_frac;              // share of time that the campus as a whole works
} training_campus;

typedef struct training_sites_run {
  double  params, tokens;  // of the model and its run
  int32_t layers;
  double  batch_tokens;            // of one inner step of all sites together
  double  backward_frac;           // of a step, see training_pipeline
  double  loss, irreducible_loss;  // of the run on one site, nats per token
  double  loss_exponent;           // reducible loss goes as FLOP^-this; extra work to come back to `loss`
  double  target_frac;             // utilisation that new links are sized for
  double  fibre_usd;               // that may be spent; HUGE_VAL: any
} training_sites_run;

typedef struct training_sites_plan {
  uint32_t              campuses;  // bit i: campus i takes part
  int32_t               sites;
  training_sites_method method;
  training_sync         sync;
  double                gpus;
  double                step_s;             // inner step of all sites together, without exchange
  double                utilisation_frac;   // of time, exchange
  double                goodput_frac;       // of time, sites lost
  double                time_s;             // for `tokens`
  double                penalty_frac;       // of reducible loss
  double                loss;               // after `tokens`
  double                equal_loss_time_s;  // until the loss of one site: what is made least
  double                ring_km;            // routes of the shortest ring (two sites: the one route)
  double                bits_per_s;         // each way on each link; 0 for one site
  double                fibre_pair_km;
  double                fibre_usd, optics_usd;
} training_sites_plan;

// Which campuses, which method, how much fibre: the plan with the least time to the loss that one site would reach, among all
// subsets of n campuses (1 .. TRAINING_SITES_MOST), synchronous training, DiLoCo and streaming with H of 10, 30, 100, 300.
// Sites share a batch by their speed, so that all take equally long; their speed does not depend on their share of the batch.
// straight_km: (n x n), row-major, great circles; links run on the shortest ring through the chosen campuses, new fibre sized
// for target_frac; plans dearer than fibre_usd are passed over. Equal loss: (1 + penalty)^(1 / loss_exponent) times the work.
// Equal plans: less fibre. Errors: SG_ERR_RANGE (a number out of range, n). One campus alone is always a plan.
sg_err training_sites_choose(const training_campus *campus, int32_t n, const double *straight_km,
                             const compute_fibre *fibre, const training_sites_law *law, const training_sites_run *run,
                             training_sites_plan *out);

#endif
