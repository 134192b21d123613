// Rows of measured training runs (published.csv, vtrain_*.csv) as shape, plan, machine and what was measured; or the reason
// why a row is none.
//
// Words of the files (recompute, ZeRO, overlap, notes) are read generally, by what they say, never by which row says it.
#ifndef TWIN_VALIDATE_TRAINING_ROWS_H
#define TWIN_VALIDATE_TRAINING_ROWS_H

#include <stdbool.h>

#include "../base/csv.h"
#include "../compute/machine.h"
#include "../training/plan.h"
#include "validate.h"

typedef enum validate_stratum {
  STRATUM_DENSE16,  // A100, H100 class; 16-bit matrix multiplications
  STRATUM_DENSE8,   // fp8 and below, or Blackwell
  STRATUM_MOE,
  STRATUM_LONG,    // dense, sequences of 16,384 tokens and more
  STRATUM_MULTI,   // vtrain_multi.csv
  STRATUM_SINGLE,  // vtrain_single.csv
  STRATUM_COUNT
} validate_stratum;
extern const char *const validate_stratum_name[STRATUM_COUNT];

typedef enum validate_run_set { RUNS_PUBLISHED, RUNS_MULTI, RUNS_SINGLE, RUNS_SETS } validate_run_set;

// Which overlap a row states: -1 nothing said, 0 off, 1 on.
typedef struct validate_overlap {
  int tp, cp, pp, dp, ep;
  int graphs;  // kernels replayed as a graph
} validate_overlap;

typedef struct validate_run {
  text_slice             id, group, stack, hardware;  // in the text of the file, or in the arena
  validate_run_set       set;
  int32_t                line;
  training_shape         shape;
  training_plan          plan;
  validate_overlap       said;
  bool                   balanced;        // experts are forced to equal loads
  double                 released_month;  // of the stack, months since 2000-01; NaN: not given
  const compute_machine *machine;         // NULL where status is set
  double                 step_s;          // measured; NaN: none
  double                 memory_bytes;    // measured peak of one GPU; NaN: none
  validate_stratum       stratum;
  const char            *status;  // NULL: to be computed; "skipped", "input": why says so
  char                   why[120];
} validate_run;

typedef struct validate_runs {
  validate_run *at;  // (n) in the order of the files
  int32_t       n, capacity;
} validate_runs;

// Machines by the names of the files, made when first asked for: hardware with a domain of `domain` GPUs at most and a
// network of nic_gbps per GPU (NaN: as the catalogue says). NULL: *why says why not.
typedef struct validate_machines validate_machines;
validate_machines     *validate_machines_create(arena *a, sg_diags *diags);  // NULL: memory, or the catalogue is broken
const compute_machine *validate_machine(validate_machines *machines, text_slice hardware, double memory_gb,
                                        int32_t domain, double nic_gbps, const char **why);

// Adds the rows of one file. Errors: those of csv_read, SG_ERR_KEY (a column that must be there is missing), SG_ERR_MEMORY.
// What is wrong with one row is its status and why.
sg_err validate_runs_read(const diag_source *source, validate_run_set set, validate_machines *machines, arena *a,
                          sg_diags *diags, validate_runs *out);

// Adds those of `more` whose id and group none of *runs has. Errors: SG_ERR_MEMORY.
sg_err validate_runs_join(validate_runs *runs, const validate_runs *more, arena *a);

// ---- Words (validate_training_words.c), each alone for its test ------------------------------------------------------------

bool validate_read_precision(text_slice word, int32_t *precision);  // "fp8-cs" (current scaling) is COMPUTE_FP8
bool validate_read_activation(text_slice word, int32_t *activation);
bool validate_read_recompute(text_slice words, training_plan *plan);  // nothing said or not known: none
bool validate_read_zero(text_slice word, training_plan *plan);        // zero and shard: "3", "fsdp32", "zero2" ...
void validate_read_overlap(text_slice words, validate_overlap *out);  // clauses that say nothing of it are passed over

// A word in a text, whatever its case; behind: the text after it. Whole numbers right behind or right before it, -1: none.
bool    validate_words_find(text_slice s, const char *word, text_slice *behind);
int32_t validate_words_number(text_slice s, const char *word);
int32_t validate_words_number_before(text_slice s, const char *word);

#endif
