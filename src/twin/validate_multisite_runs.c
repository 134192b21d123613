// Figures of measured runs: see validate_multisite_parts.h.
#include <math.h>

#include "../compute/wan.h"
#include "validate_multisite_parts.h"

typedef struct figure {
  text_slice             conditions;
  const multisite_study *study;
} figure;

static double none(const char **why, const char *text) {
  *why = text;
  return (double)NAN;
}

// "38 min", "12 s", "1.5 h", in seconds.
static bool seconds_after(text_slice s, const char *key, double *out) {
  text_slice rest;
  if (!multisite_number_after(s, key, out, &rest)) return false;
  if (rest.n >= 3 && rest.at[0] == 'm' && rest.at[1] == 'i' && rest.at[2] == 'n') *out *= 60.0;
  else if (rest.n >= 1 && rest.at[0] == 'h') *out *= 3600.0;
  else if (rest.n < 1 || rest.at[0] != 's') return false;
  return true;
}

// Nothing overlaps: compute / (compute + exchange).
static double utilisation(const figure *f, const char **why) {
  double compute_s, exchange_s;
  if (!seconds_after(f->conditions, "t_compute=", &compute_s) || !seconds_after(f->conditions, "t_comm=", &exchange_s))
    return none(why, "needs t_compute and t_comm, which are not published");
  return compute_s / (compute_s + exchange_s);
}

// A number of 32 bits against k of m numbers, each with its value and its place among m.
static double compression(const figure *f, const char **why) {
  double kept, of, bits;
  if (!multisite_number_after(f->conditions, "top-k", &kept, NULL) ||
      !multisite_number_after(f->conditions, " of ", &of, NULL) ||
      !multisite_number_before(f->conditions, "-bit values", &bits))
    return none(why, "needs 'top-k K of M' and 'B-bit values'");
  return 32.0 * of / (kept * (bits + log2(of)));
}

static double bandwidth_reduction(const figure *f, const char **why) {
  double steps, bits, baseline_bits;
  if (!multisite_number_after(f->conditions, "H=", &steps, NULL) ||
      !multisite_number_after(f->conditions, "int", &bits, NULL) ||
      !multisite_number_after(f->conditions, "fp", &baseline_bits, NULL))
    return none(why, "needs H and both widths of numbers");
  return steps * baseline_bits / bits;
}

static double communication_reduction(const figure *f, const char **why) {
  double steps;
  if (!multisite_number_after(f->conditions, "H=", &steps, NULL)) return none(why, "needs H");
  return steps;
}

// All-reduce of 16-bit gradients on a ring that sends both ways: half the payload each way, and the light's way round.
static double ring_time(const figure *f, const char **why) {
  double params, route_km, sites = f->study->sites;
  if (!multisite_number_before(f->conditions, " params", &params) ||
      !multisite_number_before(f->conditions, " km ring", &route_km))
    return none(why, "needs 'N params' and 'L km ring'");
  if (isnan(sites) || isnan(f->study->bits_per_s))
    return none(why, "needs the study's rows 'sites' and 'p2p_bandwidth'");
  double payload_bits = training_ring_frac((int32_t)sites) * params * 16.0 / 2.0;
  return payload_bits / f->study->bits_per_s +
         training_ring_frac((int32_t)sites) * route_km * compute_fibre_usual().delay_s_per_km;
}

// Outer parameters and momentum of one fragment, 4 bytes each, beside what was there.
static double offload_overhead(const figure *f, const char **why) {
  double billions, fragment, layers, baseline_gb;
  if (!multisite_number_after(f->conditions, "DiLoCo", &billions, NULL) ||
      !multisite_number_after(f->conditions, "fragment", &fragment, NULL) ||
      !multisite_number_before(f->conditions, " layers", &layers) ||
      !multisite_number_after(f->conditions, " GB on", &baseline_gb, NULL))
    return none(why, "needs size, fragment, layers and the memory without it");
  return fragment / layers * billions * 8.0 / baseline_gb;
}

// Backward 4 N B / C against a ring all-reduce of 2 bytes a parameter over many pods, 4 N / W: B >= C / W.
static double least_batch(const figure *f, const char **why) {
  double     chips, flop_per_s, bytes_per_s;
  text_slice rest;
  if (!multisite_number_after(f->conditions, "pod ", &chips, &rest) ||
      !multisite_number_after(f->conditions, "chips x", &flop_per_s, NULL) ||
      !multisite_number_after(f->conditions, "DCN ", &bytes_per_s, NULL))
    return none(why, "needs chips of a pod, their speed and the pod's bandwidth");
  if (rest.n > 0 && rest.at[0] == 'k') chips *= 1024.0;  // pods are counted by powers of two
  return chips * flop_per_s / bytes_per_s;
}

double multisite_run_figure(text_slice quantity, text_slice conditions, const multisite_study *study,
                            const char **why) {
  static const struct {
    const char *quantity;
    double (*compute)(const figure *f, const char **why);
  } figures[] = {
      {"compute_utilization",     utilisation            },
      {"compression_ratio",       compression            },
      {"bandwidth_reduction",     bandwidth_reduction    },
      {"communication_reduction", communication_reduction},
      {"sync_time",               ring_time              },
      {"memory_overhead_offload", offload_overhead       },
      {"dcn_min_batch_per_pod",   least_batch            }
  };
  static const struct {
    const char *quantity, *why;
  } inputs[] = {
      {"sites",                   "an input"                                                      },
      {"p2p_bandwidth",           "an input"                                                      },
      {"network_length",          "an input"                                                      },
      {"model_params",            "an input"                                                      },
      {"mfu_no_comm",             "an input: the baseline of others"                              },
      {"flop_multiplier_M10000",  "another's extrapolation to 10,000 replicas: no run"            },
      {"loss_rise_overlap_tau10", "an upper bound on what is left out here: overlap costs no loss"},
      {"scaling_efficiency",      "the links' bandwidth is not published"                         },
      {"loss_gap",                "the tokens and the loss are not published"                     }
  };
  figure f = {conditions, study};
  for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++)
    if (text_equal(quantity, figures[i].quantity)) return figures[i].compute(&f, why);
  for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
    if (text_equal(quantity, inputs[i].quantity)) return none(why, inputs[i].why);
  return none(why, "what it follows from is not published with it");
}
