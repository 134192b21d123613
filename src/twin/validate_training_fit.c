// Fit: see validate_training_fit.h.
#include "validate_training_fit.h"

#include <math.h>
#include <stdlib.h>

#include "validate_score.h"

static double clamp(double x, double least, double most) { return x < least ? least : x > most ? most : x; }

typedef struct fit_state {
  double (*loss)(const double *x, void *of);
  void          *of;
  const fit_box *box;
  double        *x;  // the best so far
  double         best;
  int32_t        left;  // evaluations
} fit_state;

// Direction k: first along each constant, then along each pair of them, both ways.
static void move(const fit_state *s, int32_t k, double step, double *to) {
  const fit_box *box = s->box;
  int32_t        n = box->n, i = k < n ? k : (k - n) / (n - 1), j = k < n ? -1 : (k - n) % (n - 1);
  if (j >= i) j++;
  for (int32_t c = 0; c < n; c++) to[c] = s->x[c];
  to[i] = clamp(to[i] + step * (box->most[i] - box->least[i]), box->least[i], box->most[i]);
  if (j < 0) return;
  double other = i < j ? step : -step;
  to[j] = clamp(to[j] + other * (box->most[j] - box->least[j]), box->least[j], box->most[j]);
}

// From first_step on along `n` directions, until all steps are small.
static void descend(fit_state *s, int32_t n, double first_step) {
  double step[FIT_CONSTANTS * FIT_CONSTANTS], to[FIT_CONSTANTS];
  bool   moving = true;
  for (int32_t k = 0; k < n; k++) step[k] = first_step;
  while (moving && s->left > 0) {
    moving = false;
    for (int32_t k = 0; k < n && s->left > 0; k++) {
      if (fabs(step[k]) < 1.0 / 500.0) continue;
      moving = true;
      move(s, k, step[k], to);
      double at = s->loss(to, s->of);
      s->left--;
      if (at < s->best) {
        s->best = at;
        for (int32_t c = 0; c < s->box->n; c++) s->x[c] = to[c];
        step[k] *= 1.5;
      } else {
        step[k] *= -0.5;
      }
    }
  }
}

double fit_search(double (*loss)(const double *x, void *of), void *of, const fit_box *box, int32_t most_losses,
                  double *x) {
  fit_state s = {loss, of, box, x, 0.0, most_losses - 1};
  for (int32_t i = 0; i < box->n; i++) x[i] = clamp(x[i], box->least[i], box->most[i]);
  s.best = loss(x, of);
  for (double before = HUGE_VAL; s.left > 0 && s.best < before * (1.0 - 1e-3);) {
    before = s.best;
    descend(&s, box->n, 0.2);
    if (box->n > 1) descend(&s, box->n * box->n, 0.02);
  }
  return s.best;
}

double fit_median(double *x, size_t n) {
  if (n == 0) return (double)NAN;
  score_sort(x, n);
  return score_quantile(x, n, 0.5);
}

static int by_x(const void *p, const void *q) {
  const fit_weighted *a = p, *b = q;
  return (a->x > b->x) - (a->x < b->x);
}

double fit_weighted_median(fit_weighted *at, size_t n) {
  double all = 0.0, below = 0.0;
  if (n == 0) return (double)NAN;
  qsort(at, n, sizeof *at, by_x);
  for (size_t i = 0; i < n; i++) all += at[i].weight;
  size_t i = 0;
  while (i + 1 < n && (below += at[i].weight) < 0.5 * all) i++;
  return at[i].x;
}
