// Fit: constants of a model by coordinate search, and the robust statistics that it and the scores use.
#ifndef TWIN_VALIDATE_TRAINING_FIT_H
#define TWIN_VALIDATE_TRAINING_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FIT_CONSTANTS = 24 };  // at most

typedef struct fit_box {
  int32_t n;                                          // 1 .. FIT_CONSTANTS
  double  least[FIT_CONSTANTS], most[FIT_CONSTANTS];  // least < most
} fit_box;

// Searches the box from x (clamped into it) along one constant after the other, then along pairs of them as well (a loss of
// absolute errors has creases on which no single constant can move): a step that lowers the loss is taken and grows by half, one
// that does not is halved and turned round, until all are below 1 / 500 of the box. All again as long as that lowers the loss
// by a thousandth; at most `most_losses` evaluations. Deterministic; a NaN is no improvement. Returns the loss at the x it leaves.
// Source: Hooke and Jeeves, "Direct search", J. ACM 8 (1961), exploratory moves.
double fit_search(double (*loss)(const double *x, void *of), void *of, const fit_box *box, int32_t most_losses,
                  double *x);

// Median of x (n >= 0; sorts it); NaN: n = 0.
double fit_median(double *x, size_t n);

// The value below which half the weight lies. x and weight (n), sorted together by x in place; NaN: n = 0.
typedef struct fit_weighted {
  double x, weight;  // weight > 0
} fit_weighted;
double fit_weighted_median(fit_weighted *at, size_t n);

#endif
