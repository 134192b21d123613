// Train: one model on one machine, from names and numbers to the plans that are best and what a run of them takes.
//
// What a user says (a YAML file with `models:`, `accelerators:`, `fabrics:` and the keys of the command line, options laid
// over it) is read by the same tables as a programme; then the plan is priced, or the best are searched for.
#ifndef TWIN_TRAIN_H
#define TWIN_TRAIN_H

#include "../compute/compute.h"
#include "../compute/machine.h"
#include "../operations/operations.h"
#include "../programme/model.h"
#include "../training/plan.h"
#include "../training/search.h"
#include "../training/sites.h"
#include "../training/training.h"

extern const class_row twin_train_class, twin_train_plan_class;  // keys of the file; words of a plan

// One size of the cluster: the fastest plan that fits there.
enum { TRAIN_SIZES = 5 };
typedef struct twin_train_size {
  int32_t        gpus;
  training_found found;         // plan.tp 0: none fits
  double         duration_day;  // of the run; NaN: none fits, or failures leave no time
} twin_train_size;

// The run as a whole, with the chosen plan.
#define TRAIN_LEAST_FRAC 0.01
typedef struct twin_train_account {
  double tokens, steps;
  double computing_day, duration_day;  // without and with time lost to failures; the second and what follows from it
                                       // NaN where failures leave less than TRAIN_LEAST_FRAC of the time
  double         effective_frac;       // of the second, the first
  double         gang_frac;            // the same if all GPUs stop whenever one fails; effective: or a lost replica is left out
  double         gpu_h, energy_mwh;    // held; at the meter
  double         flop, loss;           // of the model; expected, nats per token
  double optimal_params, optimal_tokens, optimal_loss;  // the size that reaches least loss with the run's 6 N D
  double next_year_frac;  // of its FLOP that reach the same loss a year on, by the pace of algorithms
  training_terms terms;                // prices that are not known: NaN
  training_bill  bill;
} twin_train_account;

// The same model on several campuses.
typedef struct twin_train_sites {
  int32_t             n;
  char                name[TRAINING_SITES_MOST][40];
  int32_t             gpus[TRAINING_SITES_MOST];
  double              straight_km[TRAINING_SITES_MOST * TRAINING_SITES_MOST];  // (n x n), row-major
  training_found      found[TRAINING_SITES_MOST];  // plan of each alone, on its share of the batch
  training_sites_plan plan;
} twin_train_sites;

typedef struct twin_train {
  arena                     *a;
  programme_model            p;
  const char                *model_name, *accelerator_name, *fabric_name;  // fabric "usual": the accelerator's
  const char                *precision_word;                               // of the first plan
  const training_model      *model;
  training_shape             shape;
  int32_t                    own_shape;  // 1: the model's; 0: a usual one of its size, for the model has none
  const compute_accelerator *accelerator;
  const compute_fabric      *fabric;
  const compute_rack        *rack;  // whose price and failures hold; NULL: none of the catalogue holds the accelerator
  compute_machine            machine;
  training_software          software;
  training_params            params;
  int32_t                    gpus;
  bool                       searched;  // false: the plan was given, and search.best[0] is it
  training_search            search;
  twin_train_size            size[TRAIN_SIZES];  // (n_size) of searched ones, ascending
  int32_t                    n_size;
  twin_train_account         run;    // of search.best[0]
  const twin_train_sites    *sites;  // NULL: on one campus
} twin_train;

enum { TRAIN_THREADS = 64 };
typedef struct twin_train_opts {
  int32_t top, threads;  // plans wanted, 1 .. TRAINING_BEST; threads, 1 .. TRAIN_THREADS
} twin_train_opts;

// Reads, checks and computes. file: NULL where there is only the command line, which is set_path[i]=set_value[i] (n_set) as for
// spec_set. Every mistake is in diags with its place; *out is NULL on error. Errors: those of spec_read, spec_set and
// programme_compile; SG_ERR_KEY (no model, accelerator or size), SG_ERR_RANGE (a shape, machine or plan that cannot be, or
// no plan that fits), SG_ERR_MEMORY.
sg_err twin_train_run(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                      const twin_train_opts *opts, sg_diags *diags, twin_train **out);
void   twin_train_free(twin_train *t);  // NULL is fine

// All rows of one class of the catalogue ("models", "accelerators", "fabrics"), compiled; the arena is the caller's.
// rows: their class in out->classes. Errors: NAME (no such class), MEMORY.
sg_err twin_train_catalogue(const char *plural, arena *a, programme_model *out, int32_t *class_index);

// Peak time of a step: its model FLOP at the peak of the plan's precision on all GPUs.
double twin_train_roofline_s(const twin_train *t, const training_found *f);

// Where the time of a step goes beyond that: one row a cause, greatest first, shares of the step that sum with the roofline's
// to 1. Returns how many (at most TRAIN_CAUSES).
enum { TRAIN_CAUSES = 12 };
typedef struct twin_train_cause {
  const char *what;  // "kernels" (below peak), "recompute", "bubble", "tp" (its communication), ...
  double      share_frac;
} twin_train_cause;
int32_t twin_train_causes(const twin_train *t, const training_found *f, twin_train_cause out[TRAIN_CAUSES]);

// The words of a plan that differ from what is usual: "tp=8,pp=16,dp=128,mbs=1": as --plan takes them.
void twin_train_plan_words(const training_plan *p, char *out, size_t n);

#endif
