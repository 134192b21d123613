#include "machine.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "../base/number.h"
#include "compute.h"

// ---- Precisions and curves ----------------------------------------------------------------------------------------

// MXFP8: 8 bits and one byte of scale for 32 numbers (OCP Microscaling Formats v1.0, 2023-09, sec. 5.2). NVFP4: 4 bits and
// one byte for 16 numbers (NVIDIA, Introducing NVFP4, 2025-06).
double compute_precision_bytes(compute_precision p) {
  static const double bytes[COMPUTE_PRECISION_COUNT] = {4.0, 2.0, 2.0, 1.0, 1.0 + 1.0 / 32.0, 0.5 + 1.0 / 16.0};
  return bytes[p];
}

double compute_curve_at(const compute_curve *c, double size) {
  const int32_t last = c->n - 1;
  if (last <= 0 || size <= c->at[0]) return c->frac[0];
  if (size >= c->at[last]) return c->frac[last];
  int32_t i = 0;
  while (i + 1 < last && size >= c->at[i + 1]) i++;
  if (c->stepped) return c->frac[i];
  return c->frac[i] + (c->frac[i + 1] - c->frac[i]) * log(size / c->at[i]) / log(c->at[i + 1] / c->at[i]);
}

// ---- Collectives --------------------------------------------------------------------------------------------------
//
// A group of n GPUs, `stride` apart, has b members within each unit of the tier below (1 at tier 0) and joins u of these
// units at tier k; w = b u members within. S: bytes of the buffer. Each member moves over its own port of tier k:
//   all-reduce       S / b x min(2 (w - 1) / w, u / 2): ring, or double binary tree, whose busiest unit sends to two
//                    others (u = 2: one, u = 3: three halves); in the switch 2 r (u + 1) / u x S / b
//   all-gather, reduce-scatter   S / b x (w - 1) / w: ring
//   all-to-all       S (n - b) / n: what leaves the unit below, times 1 + contention x log2(u)
// over rate x efficiency(S / b; at tier 0 S / w; all-to-all S). Tiers work on pieces of the buffer at the same time: the
// slowest counts whole, of the others what the pipeline does not hide. Steps that wait for each other add latency:
// 2 log2(u), rings between domains u - 1, all-to-all 1 a tier, since nothing in it waits.
// Sources: Thakur, Rabenseifner, Gropp 2005 (ring, tree); Sanders, Speck, Träff 2009 and NVIDIA "Massively Scale Your Deep
// Learning Training with NCCL 2.4", 2019-02 (double binary tree); Klenk et al. 2020, ISCA (reduction in the NVLink switch).

// What the pipeline does not hide of the quicker tiers: fitted to NCCL tests, see docs/assumptions.md#collectives.
static const double pipeline_exposed_frac = 0.15;

// Share of the tier's rate that a group of n GPUs within one unit can use.
static double links_frac(const compute_tier *t, int32_t n) {
  if (t->wiring == COMPUTE_MESH) return n < t->gpus ? (n - 1.0) / (t->gpus - 1.0) : 1.0;
  if (t->wiring != COMPUTE_TORUS) return 1.0;
  const double side = pow(t->gpus, 1.0 / t->axes);
  const double axes = ceil(log(n) / log(side) - 1e-9);
  return number_least(1.0, number_most(1.0, axes) / t->axes);
}

// Bytes that one member sends at a tier.
static double bytes_at(const compute_tier *t, compute_collective kind, double bytes, int32_t n, int32_t b, int32_t u) {
  const double w = (double)b * u, share = bytes / b;
  if (kind == COMPUTE_ALL_TO_ALL) {
    const double leaving = bytes * (n - b) / n;
    if (t->wiring != COMPUTE_TORUS) return leaving * (1.0 + t->contention_frac * log2(u));
    // Mean way in a ring of k chips is k / 4 hops on each axis: a chip's links carry k axes / 4 times what it sends.
    const double axes = number_most(1.0, links_frac(t, u) * t->axes);
    return leaving * number_most(1.0, axes * pow(u, 1.0 / axes) / 4.0);
  }
  if (kind != COMPUTE_ALL_REDUCE) return share * (w - 1.0) / w;
  const double wires = number_least(2.0 * (w - 1.0) / w, 0.5 * u);
  return share * (t->reduction_frac < 1.0 ? number_least(wires, 2.0 * t->reduction_frac * (u + 1.0) / u) : wires);
}

static double send_s(const compute_machine *m, double bytes, int32_t members, int32_t stride) {
  int32_t k = 0;
  while (k + 1 < m->n_tier && (int64_t)members * stride > m->tier[k].gpus) k++;
  const compute_tier *t = &m->tier[k];
  const double        pair_frac = t->wiring == COMPUTE_MESH    ? 1.0 / (t->gpus - 1.0)
                                  : t->wiring == COMPUTE_TORUS ? 0.5 / t->axes
                                                               : 1.0;
  return t->latency_s + bytes / (t->bytes_per_s * pair_frac * compute_curve_at(&t->efficiency, bytes));
}

double compute_collective_s(const compute_machine *m, compute_collective kind, double bytes, int32_t members,
                            int32_t stride) {
  if (members <= 1 || !(bytes > 0.0)) return 0.0;
  if (kind == COMPUTE_SEND) return send_s(m, bytes, members, stride);
  const bool ring = kind == COMPUTE_ALL_GATHER || kind == COMPUTE_REDUCE_SCATTER;
  double     longest_s = 0.0, all_s = 0.0, latency_s = 0.0;
  int32_t    below = 1;
  for (int32_t k = 0; k < m->n_tier && below < members; k++) {
    const compute_tier *t = &m->tier[k];
    int32_t             within = k + 1 < m->n_tier ? t->gpus / stride : members;
    if (within > members) within = members;
    if (within <= below) continue;
    const int32_t units = (within + below - 1) / below;
    const double  share = kind == COMPUTE_ALL_TO_ALL ? bytes : bytes / (k ? below : within);
    const double  rate = t->bytes_per_s * links_frac(t, units) * compute_curve_at(&t->efficiency, share);
    const double  tier_s = bytes_at(t, kind, bytes, members, below, units) / rate;
    latency_s += t->latency_s * (kind == COMPUTE_ALL_TO_ALL ? 1.0 : ring && k ? units - 1.0 : 2.0 * log2(units));
    longest_s = number_most(longest_s, tier_s);
    all_s += tier_s;
    below = within;
  }
  return latency_s + longest_s + pipeline_exposed_frac * (all_s - longest_s);
}

// ---- From the catalogue -------------------------------------------------------------------------------------------

// Share of the best rate by bytes of the buffer's share: measured with NCCL, see docs/assumptions.md#collectives. What fills a
// scale-up port is so much time of it, not so many bytes: 32 MiB reach 61 % of the most on an H100 and 39 % on a B200, which
// has twice the rate. The points stand for the mean of the two.
static const double        scaleup_shape_gb_per_s = 600.0;
static const compute_curve scaleup_shape = {
    .n = 7,
    .at = {8192, 65536, 524288, 4194304, 33554432, 268435456, 2147483648},
    .frac = {0.10, 0.30,  0.38,   0.55,    0.82,     0.98,      1.0       }
};
static const compute_curve scaleout_shape = {
    .n = 7,
    .at = {8192, 65536, 524288, 4194304, 33554432, 268435456, 2147483648},
    .frac = {0.15, 0.22,  0.30,   0.64,    0.85,     0.98,      1.0       }
};

// Share of the best rate of matrix products by their time at peak, in s: medians of operators measured on A100 and B200,
// MooreThreads/SimuMax commit 4dcaae5, 2025, over those of the largest; see docs/assumptions.md#ceilings.
static const compute_curve matrix_shape = {
    .n = 8,
    .at = {1e-6, 2e-6, 4e-6, 8e-6, 55e-6, 110e-6, 440e-6, 900e-6},
    .frac = {0.25, 0.40, 0.55, 0.70, 0.82,  0.90,   0.96,   1.0   }
};

// The same of memory and vector units: Calculon's steps for the A100 (commit caa4b11, 2023), smoothed.
static const compute_curve memory_shape = {
    .n = 4, .at = {5e-8, 5e-7, 5e-6, 5e-5},
         .frac = {0.3,  0.7,  0.93, 1.0 }
};
static const compute_curve vector_shape = {
    .n = 3, .at = {1e-8, 1e-7, 1e-6},
         .frac = {0.1,  0.5,  0.95}
};

static compute_curve scaled(const compute_curve *shape, double at_scale, double frac_scale) {
  compute_curve c = *shape;
  for (int32_t i = 0; i < c.n; i++) c.at[i] *= at_scale, c.frac[i] *= frac_scale;
  return c;
}

static double given(double value, double otherwise) { return isnan(value) ? otherwise : value; }

// Ceilings where none was measured: medians over the accelerators that were, ml-engineering's tables of best matrix
// products, 2025; FP4: assumption, see docs/assumptions.md#ceilings.
static void matrix_units(const compute_accelerator *a, compute_machine *m) {
  const double bf16_frac = given(a->bf16_achievable_tflops / a->bf16_tflops, 0.78);
  const double fp8_frac = given(a->fp8_achievable_tflops / a->fp8_tflops, 0.95 * bf16_frac);
  const double fp4_frac = given(a->fp4_achievable_tflops / a->fp4_tflops, 0.85 * fp8_frac);
  const double mxfp8_tflops = given(a->mxfp8_tflops, isnan(a->fp4_tflops) ? (double)NAN : a->fp8_tflops);
  const double tflops[COMPUTE_PRECISION_COUNT] = {given(a->fp32_tflops, 0.5 * a->bf16_tflops),
                                                  given(a->fp16_tflops, a->bf16_tflops),
                                                  a->bf16_tflops,
                                                  a->fp8_tflops,
                                                  mxfp8_tflops,
                                                  a->fp4_tflops};
  const double ceiling_frac[COMPUTE_PRECISION_COUNT] = {bf16_frac, bf16_frac, bf16_frac, fp8_frac, fp8_frac, fp4_frac};
  for (int32_t p = 0; p < COMPUTE_PRECISION_COUNT; p++) {
    m->matrix_flop_per_s[p] = 1e12 * tflops[p];
    m->matrix_efficiency[p] = scaled(&matrix_shape, isnan(tflops[p]) ? 1.0 : m->matrix_flop_per_s[p], ceiling_frac[p]);
  }
}

// Share of the processor taken by transfers: Calculon's system files, commit caa4b11, 2023.
static const double scaleup_stolen_frac = 0.15, scaleout_stolen_frac = 0.02;

static void network(const compute_accelerator *a, const compute_fabric *f, compute_machine *m) {
  const bool switched = a->scaleup_wiring == COMPUTE_SWITCHED;
  m->tier[m->n_tier++] = (compute_tier){
      .gpus = f->domain_gpus > 0 && f->domain_gpus < a->scaleup_gpus && switched ? f->domain_gpus : a->scaleup_gpus,
      .bytes_per_s = 1e9 * a->scaleup_gb_per_s,
      .efficiency = scaled(&scaleup_shape, a->scaleup_gb_per_s / scaleup_shape_gb_per_s, a->scaleup_frac),
      .latency_s = a->scaleup_latency_s,
      .reduction_frac = a->scaleup_reduces ? 0.60 : 1.0,  // H200 and B200, see docs/assumptions.md#collectives
      .stolen_frac = scaleup_stolen_frac,
      .wiring = a->scaleup_wiring,
      .axes = a->scaleup_axes,
  };
  const double nic_gbps = given(f->nic_gbps, a->nic_gbps);
  if (isnan(nic_gbps)) return;  // the domain is all there is
  const bool   pods = f->pod_gpus > m->tier[0].gpus;
  compute_tier out = {
      .gpus = pods ? f->pod_gpus : INT32_MAX,
      .bytes_per_s = 1e9 / 8.0 * nic_gbps,
      .efficiency = scaled(&scaleout_shape, 1.0, f->reached_frac),
      .latency_s = f->latency_s,
      .reduction_frac = 1.0,
      .contention_frac = f->contention_frac,
      .stolen_frac = scaleout_stolen_frac,
  };
  m->tier[m->n_tier++] = out;
  if (!pods) return;
  out.gpus = INT32_MAX;
  out.bytes_per_s /= f->oversubscription;
  m->tier[m->n_tier++] = out;
}

void compute_machine_of(const compute_accelerator *a, const compute_fabric *f, compute_machine *out) {
  *out = (compute_machine){.launch_s = 4e-6};  // assumption, see docs/assumptions.md#ceilings
  matrix_units(a, out);
  // Vector units run at a sixteenth of the BF16 matrix rate where the row is silent: A100 19.5 of 312, H100 67 of 989.
  out->vector_flop_per_s = 1e12 * given(a->vector_tflops, a->bf16_tflops / 16.0);
  out->vector_efficiency = scaled(&vector_shape, out->vector_flop_per_s, 1.0);
  // A process gets 0.995 of the nominal GiB: 81,559 MiB of 80 GiB on an H100, MLPerf Training v5.1 system files, 2025-11.
  out->memory_bytes = isnan(a->hbm_usable_gb) ? 0.995 * 1073741824.0 * a->hbm_gb : 1e9 * a->hbm_usable_gb;
  out->memory_bytes_per_s = 1e12 * a->hbm_tb_per_s;
  out->memory_efficiency = scaled(&memory_shape, out->memory_bytes_per_s, a->hbm_achievable_frac);
  network(a, f, out);
  // 1,389 W of critical IT power per H100 of 700 W: SemiAnalysis, AI Datacenter Energy Dilemma, 2024-03. Without a limit
  // 1.4 W per BF16 TFLOP/s: the H100, and the TPU v4 as measured in PaLM (arXiv:2204.02311), see docs/assumptions.md#ceilings.
  out->power_w = given(a->system_w, given(1389.0 / 700.0 * a->power_w, 1.4 * a->bf16_tflops));
  out->idle_w = a->idle_frac * out->power_w;
}

// ---- Checks -------------------------------------------------------------------------------------------------------

static bool above_0(double x) { return x > 0.0 && x < HUGE_VAL; }

static sg_err refuse(char *why, int32_t n, const char *format, ...) {
  va_list args;
  va_start(args, format);
  if (n > 0) vsnprintf(why, (size_t)n, format, args);
  va_end(args);
  return SG_ERR_RANGE;
}

static bool curve_ok(const compute_curve *c) {
  if (c->n < 1 || c->n > COMPUTE_CURVE_POINTS) return false;
  for (int32_t i = 0; i < c->n; i++) {
    if (!above_0(c->frac[i]) || !(c->at[i] >= 0.0) || (i && !(c->at[i] > c->at[i - 1]))) return false;
  }
  return c->n < 2 || c->stepped || c->at[0] > 0.0;
}

static sg_err tier_check(const compute_machine *m, int32_t k, char *why, int32_t n) {
  const compute_tier *t = &m->tier[k];
  if (t->gpus < 1) return refuse(why, n, "tier %d of the network joins %d GPUs; at least 1 is needed", k, t->gpus);
  if (k && t->gpus <= t[-1].gpus)
    return refuse(why, n, "tier %d joins %d GPUs, not more than the tier below (%d)", k, t->gpus, t[-1].gpus);
  if (!above_0(t->bytes_per_s))
    return refuse(why, n, "tier %d of the network carries %g bytes/s; a rate above 0 is needed", k, t->bytes_per_s);
  if (!curve_ok(&t->efficiency))
    return refuse(why, n, "the efficiency of tier %d is not a curve of ascending sizes and shares above 0", k);
  if (!(t->latency_s >= 0.0) || !(t->contention_frac >= 0.0))
    return refuse(why, n, "latency and contention of tier %d must not be below 0", k);
  if (!(t->reduction_frac >= 0.5 && t->reduction_frac <= 1.0))
    return refuse(why, n, "reduction_frac of tier %d is %g; 0.5 to 1 is possible", k, t->reduction_frac);
  if (t->wiring < 0 || t->wiring >= COMPUTE_WIRING_COUNT) return refuse(why, n, "tier %d has an unknown wiring", k);
  if (t->wiring == COMPUTE_TORUS && (t->axes < 1 || t->gpus < 2))
    return refuse(why, n, "a torus needs 1 axis and 2 GPUs at least (tier %d)", k);
  if (t->wiring == COMPUTE_MESH && t->gpus < 2) return refuse(why, n, "a mesh needs 2 GPUs at least (tier %d)", k);
  return SG_OK;
}

sg_err compute_machine_check(const compute_machine *m, char *why, int32_t n) {
  if (!above_0(m->matrix_flop_per_s[COMPUTE_BF16]))
    return refuse(why, n, "the BF16 rate of the accelerator is %g FLOP/s; a rate above 0 is needed",
                  m->matrix_flop_per_s[COMPUTE_BF16]);
  for (int32_t p = 0; p < COMPUTE_PRECISION_COUNT; p++) {
    const double rate = m->matrix_flop_per_s[p];
    if (!isnan(rate) && (!above_0(rate) || !curve_ok(&m->matrix_efficiency[p])))
      return refuse(why, n, "a matrix rate of the accelerator (%g FLOP/s) or its efficiency makes no sense", rate);
  }
  if (!above_0(m->vector_flop_per_s) || !curve_ok(&m->vector_efficiency))
    return refuse(why, n, "the vector rate of the accelerator must be above 0");
  if (!above_0(m->memory_bytes))
    return refuse(why, n, "the accelerator has %g bytes of memory; more than 0 are needed", m->memory_bytes);
  if (!above_0(m->memory_bytes_per_s) || !curve_ok(&m->memory_efficiency))
    return refuse(why, n, "the memory's rate is %g bytes/s; a rate above 0 is needed", m->memory_bytes_per_s);
  if (!(m->launch_s >= 0.0))
    return refuse(why, n, "the launch of a kernel takes %g s; at least 0 is needed", m->launch_s);
  if (m->n_tier < 1 || m->n_tier > COMPUTE_TIERS)
    return refuse(why, n, "a machine has 1 to %d tiers of network, not %d", COMPUTE_TIERS, m->n_tier);
  for (int32_t k = 0; k < m->n_tier; k++) {
    if (tier_check(m, k, why, n) != SG_OK) return SG_ERR_RANGE;
  }
  return SG_OK;
}

sg_err compute_machine_has(const compute_machine *m, compute_precision p, char *why, int32_t n) {
  static const char *const words[COMPUTE_PRECISION_COUNT] = {"fp32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4"};
  if (!isnan(m->matrix_flop_per_s[p])) return SG_OK;
  return refuse(why, n, "the accelerator has no matrix units for %s", words[p]);
}
