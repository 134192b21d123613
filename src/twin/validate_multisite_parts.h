// Parts of the validation of training across sites: conditions of a row, laws of loss, figures of runs.
#ifndef TWIN_VALIDATE_MULTISITE_PARTS_H
#define TWIN_VALIDATE_MULTISITE_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/text.h"
#include "../training/sites.h"

// ---- Conditions ---------------------------------------------------------------------------------------------------------

// What "N=1e+09; alg=diloco; M=2; H=30; D=20N; data=C4" says. Numbers that it does not name are NaN.
typedef struct multisite_case {
  double                params, sites, inner_steps, tokens, layers, step_s, fragment_layers, target_frac;
  bool                  tokens_20n;  // D=20N
  training_sites_method method;
  bool                  overlap, four_bits;  // streaming's
  bool                  has_method, dolma, has_data, lower_bound, double_batch;
} multisite_case;

// Strict: every part between semicolons must be known. False: `why` (of `n` bytes) says which is not.
bool multisite_case_read(text_slice conditions, multisite_case *out, char *why, size_t n);

// The number behind `key` in a text, or before it; rest: what follows the number. False: there is none.
bool multisite_number_after(text_slice s, const char *key, double *out, text_slice *rest);
bool multisite_number_before(text_slice s, const char *key, double *out);

// ---- Sizes --------------------------------------------------------------------------------------------------------------

// Parameters of the member of the published family nearest to a nominal size: 12 L w^2 + 32768 w with w = 256 L / 3 and L one
// of 6, 9, 12, 15, 18, 24, 30, 36, 48. Both papers round the names of the same models (a "100M" is 89M, a "1B" 1.28B): Charles
// et al. 2025, arXiv:2503.09799, table 3. with_embedding false: the first term alone.
double multisite_family_params(double nominal, bool with_embedding);

// ---- Losses -------------------------------------------------------------------------------------------------------------

// Loss on C4 at 20 tokens a parameter: (e + r (n / 1e9)^-a (1 + penalty - gain)) x print_ratio, the last for the rows of the
// streaming paper only (another tokenizer's or evaluation's constant).
enum { MULTISITE_LAW = 10 };
typedef struct multisite_law {
  double             irreducible, reducible, exponent, streaming_ratio;
  training_sites_law sites;
} multisite_law;

typedef struct multisite_loss_row {
  multisite_case at;
  bool           streaming_paper;
  double         family_params, loss;
} multisite_loss_row;

multisite_law multisite_law_published(void);

double multisite_loss(const multisite_law *law, const multisite_loss_row *row);

// Loss on Dolma: Hoffmann's law and a constant of the data, 0.167 nats (calibrated on two rows of one site); penalties on
// what stands above its irreducible loss.
double multisite_loss_dolma(const multisite_law *law, const multisite_loss_row *row);

// Refits all constants by least squares of relative errors over the rows of another size than skip_params (0: over all).
// Returns the number of rows used.
size_t multisite_fit(const multisite_loss_row *row, size_t n, double skip_params, multisite_law *law);

// ---- Figures of runs ----------------------------------------------------------------------------------------------------

// What rows of one study say for others of it.
typedef struct multisite_study {
  double sites, bits_per_s;
} multisite_study;

// Computes a figure of measured_runs from its conditions. NaN: not computed, *why says why.
double multisite_run_figure(text_slice quantity, text_slice conditions, const multisite_study *study, const char **why);

#endif
