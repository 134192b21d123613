// System: see validate_training_system.h.
#include "validate_training_system.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "../programme/spec.h"

typedef struct system_reader {
  const diag_source *source;
  sg_diags          *diags;
  sg_err             err;  // the first
} system_reader;

static void complain(system_reader *r, const spec_node *node, const char *key, sg_err code, const char *what) {
  diag_place place = node ? node->place : (diag_place){r->source, 1, 1, 1};
  diag_add(r->diags, SG_ERROR, code, place, NULL, "'%s' %s", key, what);
  if (!r->err) r->err = code;
}

static const spec_node *child(system_reader *r, const spec_node *map, const char *key) {
  const spec_node *node = map ? spec_get(map, key) : NULL;
  if (!node) complain(r, map, key, SG_ERR_KEY, "is missing");
  return node;
}

static double number_of(system_reader *r, const spec_node *node, const char *key, double least) {
  double x;
  if (node && node->kind == SPEC_SCALAR && text_number(node->text, &x) && x >= least) return x;
  if (node) complain(r, node, key, SG_ERR_RANGE, "is no number in range");
  return 1.0;
}

static double number_at(system_reader *r, const spec_node *map, const char *key) {
  return number_of(r, child(r, map, key), key, 0.0);
}

// Pairs [size, efficiency], largest size first: steps.
static compute_curve curve_at(system_reader *r, const spec_node *map, const char *key, double unit) {
  compute_curve    c = {.stepped = 1};
  const spec_node *list = child(r, map, key);
  if (!list || list->kind != SPEC_LIST || list->n < 1 || list->n > COMPUTE_CURVE_POINTS) {
    if (list) complain(r, list, key, SG_ERR_RANGE, "is no list of 1 to 8 pairs");
    return (compute_curve){.n = 1, .frac = {1.0}};
  }
  c.n = (int32_t)list->n;
  int32_t i = c.n;
  for (const spec_node *pair = list->first; pair; pair = pair->next) {
    i--;
    bool two = pair->kind == SPEC_LIST && pair->n == 2;
    if (!two) complain(r, pair, key, SG_ERR_RANGE, "holds something that is no pair");
    c.at[i] = two ? unit * number_of(r, pair->first, key, 0.0) : 0.0;
    c.frac[i] = two ? number_of(r, pair->first->next, key, 0.0) : 1.0;
  }
  return c;
}

// [scalar, offset]: bytes x scalar x (members + offset) / members.
static training_link link_at(system_reader *r, const spec_node *ops, const char *key) {
  const spec_node *pair = child(r, ops, key);
  if (pair && pair->kind == SPEC_LIST && pair->n == 2)
    return (training_link){number_of(r, pair->first, key, 0.0), number_of(r, pair->first->next, key, -1.0)};
  if (pair) complain(r, pair, key, SG_ERR_RANGE, "is no pair");
  return (training_link){1.0, 0.0};
}

static void read_network(system_reader *r, const spec_node *map, int k, system_description *out) {
  const spec_node *ops = child(r, map, "ops");
  double           efficiency = number_at(r, map, "efficiency");
  out->machine.tier[k] = (compute_tier){
      .gpus = (int32_t)fmin(number_at(r, map, "size"), 1e9),
      .bytes_per_s = 1e9 * number_at(r, map, "bandwidth"),
      .efficiency = {.n = 1, .stepped = 1, .frac = {efficiency}},
      .latency_s = number_at(r, map, "latency"),
      .reduction_frac = 1.0,
      .stolen_frac = number_at(r, map, "processor_usage")
  };
  out->all_reduce[k] = link_at(r, ops, "all_reduce");
  out->gather[k] = link_at(r, ops, "all_gather");
}

static void read_units(system_reader *r, const spec_node *root, compute_machine *m) {
  static const struct {
    const char       *name;
    compute_precision is[2];
  } types[] = {
      {"float16", {COMPUTE_FP16, COMPUTE_BF16}},
      {"float8",  {COMPUTE_FP8, COMPUTE_FP8}  }
  };
  const spec_node *matrix = child(r, root, "matrix"), *vector = child(r, child(r, root, "vector"), "float16");
  for (int p = 0; p < COMPUTE_PRECISION_COUNT; p++) m->matrix_flop_per_s[p] = (double)NAN;
  for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
    const spec_node *of = matrix ? spec_get(matrix, types[t].name) : NULL;
    if (!of && t > 0) continue;
    for (int k = 0; k < 2; k++) {
      m->matrix_flop_per_s[types[t].is[k]] = 1e12 * number_at(r, of, "tflops");
      m->matrix_efficiency[types[t].is[k]] = curve_at(r, of, "gflops_efficiency", 1e9);
    }
  }
  m->vector_flop_per_s = 1e12 * number_at(r, vector, "tflops");
  m->vector_efficiency = curve_at(r, vector, "gflops_efficiency", 1e9);
}

sg_err validate_system_read(const diag_source *source, arena *a, sg_diags *diags, system_description *out) {
  system_reader r = {source, diags, SG_OK};
  spec_node    *root = NULL;
  sg_err        err = spec_read(source, a, diags, &root);
  if (err || !root) return err ? err : SG_ERR_SYNTAX;
  *out = (system_description){.machine = {.n_tier = SYSTEM_NETWORKS}};
  read_units(&r, root, &out->machine);
  const spec_node *memory = child(&r, root, "mem1"), *networks = child(&r, root, "networks");
  out->machine.memory_bytes = 0x1p30 * number_at(&r, memory, "GiB");
  out->machine.memory_bytes_per_s = 1e9 * number_at(&r, memory, "GBps");
  out->machine.memory_efficiency = curve_at(&r, memory, "MB_efficiency", 1e6);
  if (networks && networks->n != SYSTEM_NETWORKS) complain(&r, networks, "networks", SG_ERR_RANGE, "are not two");
  const spec_node *one = networks ? networks->first : NULL;
  for (int k = 0; k < SYSTEM_NETWORKS && one && !r.err; k++, one = one->next) read_network(&r, one, k, out);
  out->machine.tier[SYSTEM_NETWORKS - 1].gpus = INT32_MAX;
  return r.err;
}
