// Laws of loss across sites and their fit: see validate_multisite_parts.h.
#include <math.h>
#include <string.h>

#include "../training/training.h"
#include "validate_multisite_parts.h"

double multisite_family_params(double nominal, bool with_embedding) {
  static const int layers[] = {6, 9, 12, 15, 18, 24, 30, 36, 48};
  double           nearest = HUGE_VAL, params = nominal;
  for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
    double width = 256.0 * layers[i] / 3.0, body = 12.0 * layers[i] * width * width, all = body + 32768.0 * width;
    double distance = fabs(log(all / nominal));
    if (distance >= nearest) continue;
    nearest = distance;
    params = with_embedding ? all : body;
  }
  return params;
}

// Least squares over the C4 rows of data/validation/multisite, 2026-11; the constants of `sites` with them.
multisite_law multisite_law_published(void) {
  return (multisite_law){.irreducible = 1.0408,
                         .reducible = 1.4755,
                         .exponent = 0.15188,
                         .streaming_ratio = 1.0072,
                         .sites = training_sites_law_published()};
}

// Penalty, less what the outer optimizer gains: at one site too.
static double change_frac(const multisite_law *law, const multisite_loss_row *row) {
  const multisite_case *at = &row->at;
  if (at->method == TRAINING_SITES_SYNCHRONOUS) return 0.0;
  return training_sites_penalty(&law->sites, at->method, (int32_t)at->sites, row->family_params,
                                (int32_t)at->inner_steps) -
         law->sites.outer_gain;
}

double multisite_loss(const multisite_law *law, const multisite_loss_row *row) {
  double reducible = law->reducible * pow(row->family_params / 1e9, -law->exponent);
  double loss = training_sites_loss(law->irreducible + reducible, law->irreducible, change_frac(law, row));
  return loss * (row->streaming_paper ? law->streaming_ratio : 1.0);
}

double multisite_loss_dolma(const multisite_law *law, const multisite_loss_row *row) {
  // Constants of Hoffmann et al. 2022, arXiv:2203.15556, with the digits of their source text, as quoted by Besiroglu et al.
  // 2024, arXiv:2404.10102, sec. 2. At 250 tokens a parameter the two digits of the print would move the loss by 1 %.
  const training_law hoffmann = {.e = 1.6934, .a = 406.4, .b = 410.7, .alpha = 0.3392, .beta = 0.2849};
  const double       data_nats = 0.167;
  double             loss = training_loss(&hoffmann, row->at.params, row->at.tokens) + data_nats;
  return training_sites_loss(loss, hoffmann.e + data_nats, change_frac(law, row));
}

// ---- Fit ----------------------------------------------------------------------------------------------------------------

static double *constant(multisite_law *law, int i) {
  double *all[MULTISITE_LAW] = {&law->irreducible,           &law->reducible, &law->exponent, &law->streaming_ratio,
                                &law->sites.outer_gain,      &law->sites.c,   &law->sites.p,  &law->sites.q,
                                &law->sites.streaming_extra, &law->sites.k};
  return all[i];
}

static bool is_used(const multisite_loss_row *row, double skip_params) { return row->family_params != skip_params; }

static double error_of(const multisite_law *law, const multisite_loss_row *row) {
  return multisite_loss(law, row) / row->loss - 1.0;
}

static double squares(const multisite_law *law, const multisite_loss_row *row, size_t n, double skip_params) {
  double sum = 0.0;
  for (size_t i = 0; i < n; i++)
    if (is_used(&row[i], skip_params)) sum += pow(error_of(law, &row[i]), 2.0);
  return isfinite(sum) ? sum : HUGE_VAL;
}

typedef struct normal_equations {
  double a[MULTISITE_LAW][MULTISITE_LAW], b[MULTISITE_LAW];
} normal_equations;

// Normal equations of the linearised problem, derivatives by differences.
static void linearise(const multisite_law *law, const multisite_loss_row *row, size_t n, double skip_params,
                      normal_equations *eq) {
  *eq = (normal_equations){.b = {0.0}};
  for (size_t i = 0; i < n; i++) {
    double slope[MULTISITE_LAW], error = error_of(law, &row[i]);
    if (!is_used(&row[i], skip_params)) continue;
    for (int j = 0; j < MULTISITE_LAW; j++) {
      multisite_law moved = *law;
      double       *x = constant(&moved, j), h = 1e-5 * fmax(fabs(*x), 1e-2);
      *x += h;
      slope[j] = (error_of(&moved, &row[i]) - error) / h;
    }
    for (int j = 0; j < MULTISITE_LAW; j++) {
      eq->b[j] -= slope[j] * error;
      for (int k = 0; k < MULTISITE_LAW; k++) eq->a[j][k] += slope[j] * slope[k];
    }
  }
}

// Solves (a + damping diag a) x = b by elimination with pivots; the matrix is positive definite.
static void solve(normal_equations eq, double damping, double x[MULTISITE_LAW]) {
  for (int i = 0; i < MULTISITE_LAW; i++) eq.a[i][i] += damping * eq.a[i][i] + 1e-16;
  for (int i = 0; i < MULTISITE_LAW; i++) {
    for (int j = i + 1; j < MULTISITE_LAW; j++) {
      double f = eq.a[j][i] / eq.a[i][i];
      for (int k = i; k < MULTISITE_LAW; k++) eq.a[j][k] -= f * eq.a[i][k];
      eq.b[j] -= f * eq.b[i];
    }
  }
  for (int i = MULTISITE_LAW - 1; i >= 0; i--) {
    x[i] = eq.b[i];
    for (int k = i + 1; k < MULTISITE_LAW; k++) x[i] -= eq.a[i][k] * x[k];
    x[i] /= eq.a[i][i];
  }
}

// Levenberg 1944, Marquardt 1963: damped steps from the constants in *law.
size_t multisite_fit(const multisite_loss_row *row, size_t n, double skip_params, multisite_law *law) {
  size_t used = 0;
  for (size_t i = 0; i < n; i++) used += is_used(&row[i], skip_params);
  double best = squares(law, row, n, skip_params), damping = 1e-2;
  for (int round = 0; round < 60 && damping < 1e6; round++) {
    normal_equations eq;
    linearise(law, row, n, skip_params, &eq);
    for (; damping < 1e6; damping *= 5.0) {
      multisite_law moved = *law;
      double        step[MULTISITE_LAW];
      solve(eq, damping, step);
      for (int j = 0; j < MULTISITE_LAW; j++) *constant(&moved, j) += step[j];
      double sum = squares(&moved, row, n, skip_params);
      if (sum >= best) continue;
      *law = moved;
      best = sum;
      damping = fmax(damping / 5.0, 1e-9);
      break;
    }
  }
  return used;
}
