#include "compute.h"

#include <math.h>

#include "../base/calendar.h"
#include "machine.h"

// ---- One rack ---------------------------------------------------------------------------------------------

double compute_rack_cost_usd(const compute_rack *rack) { return rack->price_usd * (1.0 + rack->network_frac); }

double compute_peak_flops(const compute_accelerator *accelerator, double gpus) {
  return accelerator->bf16_tflops * 1e12 * gpus;
}

double compute_availability(const compute_rack *rack, double wear_frac) {
  return 1.0 / (1.0 + wear_frac * rack->taken_out_frac * rack->failure_gpus * rack->repair_h / rack->mtbf_h);
}

// ---- Cohorts ----------------------------------------------------------------------------------------------

// Second integral of clamp(x / ramp, 0, 1); ramp 0 is a step.
static double ramp_integral(double x, double ramp) {
  if (x <= 0.0) return 0.0;
  if (x < ramp) return x * x * x / (6.0 * ramp);
  const double past = x - ramp;
  return ramp * ramp / 6.0 + 0.5 * ramp * past + 0.5 * past * past;
}

// Mean of clamp(age / ramp, 0, 1) over delivery and observation, each even over a month; ages in months.
static double ramp_mean(double age, double ramp) {
  if (age >= ramp + 1.0) return 1.0;
  if (age <= -1.0) return 0.0;
  const double mean = ramp_integral(age + 1.0, ramp) - 2.0 * ramp_integral(age, ramp) + ramp_integral(age - 1.0, ramp);
  return mean < 0.0 ? 0.0 : mean > 1.0 ? 1.0 : mean;
}

// Both shares for ramp and life in months. Retirement takes accepted and waiting racks alike.
static void cohort(double age, double ramp, double life, double *standing_frac, double *accepted_frac) {
  const double retired = ramp_mean(age - life, 0.0);
  const double arrived = ramp_mean(age, 0.0) - retired;
  const double accepted = ramp_mean(age, ramp) - retired;
  *standing_frac = arrived > 0.0 ? arrived : 0.0;
  *accepted_frac = accepted < 0.0 ? 0.0 : accepted < *standing_frac ? accepted : *standing_frac;
}

void compute_cohort(const compute_rack *rack, int32_t age, double *standing_frac, double *accepted_frac) {
  cohort(age, rack->acceptance_day / CALENDAR_DAYS_PER_MONTH, rack->life_day / CALENDAR_DAYS_PER_MONTH, standing_frac,
         accepted_frac);
}

// ---- Fleet ------------------------------------------------------------------------------------------------

// Months as int32, safely: an endless life is as good as one of 10,000 years.
static int32_t whole_months(double months) { return months < 120000.0 ? (int32_t)months : 120000; }

void compute_fleet_in(const compute_rack *rack, const double *delivered, const double *by_age, int32_t month,
                      compute_fleet *out) {
  const double ramp = rack->acceptance_day / CALENDAR_DAYS_PER_MONTH, life = rack->life_day / CALENDAR_DAYS_PER_MONTH;
  // Ages from `young` on are wholly accepted, ages from `old` on are touched by retirement, from `gone` on there is
  // none.
  const int32_t young = whole_months(ceil(ramp)) + 1;
  const int32_t old = whole_months(floor(life)), gone = whole_months(ceil(life)) + 1;
  double        standing = 0.0, accepted = 0.0, worn = 0.0, stands = 1.0, accepts = 1.0;

  // Nothing was delivered before a month up to which the sum is 0.
  for (int32_t age = 0; age <= month && age < gone && delivered[month - age + 1] > 0.0; age++) {
    const double racks = delivered[month - age + 1] - delivered[month - age];
    if (!(racks > 0.0)) continue;
    if (age < young || age >= old) cohort(age, ramp, life, &stands, &accepts);
    else stands = accepts = 1.0;
    standing += racks * stands;
    accepted += racks * accepts;
    worn += racks * accepts * by_age[age];
  }

  out->racks = standing;
  out->installed_gpus = standing * rack->gpus;
  out->accepted_gpus = accepted * rack->gpus;
  out->wear_frac = accepted > 0.0 ? worn / accepted : 1.0;
  out->schedulable_gpus = out->accepted_gpus * compute_availability(rack, out->wear_frac);
  out->it_mw = rack->it_kw / 1000.0 * (accepted + (standing - accepted) * rack->idle_frac);
}

// ---- Field tables -----------------------------------------------------------------------------------------

#define NO_LIMIT      HUGE_VAL
#define RACKS_ASSUMED "assumption, see docs/assumptions.md#racks"

// clang-format off
#define CEILINGS_ASSUMED "assumption, see docs/assumptions.md#ceilings"
#define FABRICS_ASSUMED  "assumption, see docs/assumptions.md#fabrics"
#define NCCL_MEASURED    "NCCL bus bandwidths published 2024-06 to 2026-07; fit: see docs/assumptions.md#collectives"

#define S compute_accelerator
static const field_row accelerator_rows[] = {
  ROW_NUMBER(S, bf16_tflops, "bf16", "TFLOP/s", NULL, 0, NO_LIMIT, "Peak rate, BF16 dense.", NULL),
  ROW_NUMBER(S, fp8_tflops, "fp8", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate, FP8 dense.", NULL),
  ROW_NUMBER(S, fp4_tflops, "fp4", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate, FP4 dense.", NULL),
  ROW_NUMBER(S, fp16_tflops, "fp16", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate, FP16 dense; default: as BF16.", NULL),
  ROW_NUMBER(S, fp32_tflops, "fp32", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate of matrix units on 32-bit numbers (TF32), dense; default: half of BF16.", NULL),
  ROW_NUMBER(S, mxfp8_tflops, "mxfp8", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate, FP8 with a scale for 32 numbers; default: as FP8 where the chip has FP4.", NULL),
  ROW_NUMBER(S, vector_tflops, "vector", "TFLOP/s", "", 0, NO_LIMIT, "Peak rate of the units that are not for matrices, FP32; default: a sixteenth of BF16.", NULL),
  ROW_NUMBER(S, bf16_achievable_tflops, "bf16_achievable", "TFLOP/s", "", 0, NO_LIMIT, "Best measured rate of matrix products, BF16; default: 78 % of the peak.", NULL),
  ROW_NUMBER(S, fp8_achievable_tflops, "fp8_achievable", "TFLOP/s", "", 0, NO_LIMIT, "The same, FP8; default: 95 % of the share that BF16 reaches.", NULL),
  ROW_NUMBER(S, fp4_achievable_tflops, "fp4_achievable", "TFLOP/s", "", 0, NO_LIMIT, "The same, FP4; default: 85 % of the share that FP8 reaches.", NULL),
  ROW_NUMBER(S, hbm_gb, "hbm", "GB", NULL, 0, NO_LIMIT, "Memory on the package, nominal (units of 2^30 bytes).", NULL),
  ROW_NUMBER(S, hbm_tb_per_s, "hbm_rate", "TB/s", NULL, 0, NO_LIMIT, "Memory bandwidth.", NULL),
  ROW_NUMBER(S, hbm_usable_gb, "hbm_usable", "GB", "", 0, NO_LIMIT, "Memory that a process can have, in 10^9 bytes; default: 99.5 % of the nominal.", NULL),
  ROW_NUMBER(S, hbm_achievable_frac, "hbm_achievable", "frac", "90 %", 0.01, 1, "Share of the memory bandwidth that large kernels reach.",
    "A100: 91 %, MooreThreads/SimuMax commit 4dcaae5, 2025; for others " CEILINGS_ASSUMED),
  ROW_NUMBER(S, power_w, "power", "W", "", 0, NO_LIMIT, "Power limit of the package.", NULL),
  ROW_NUMBER(S, system_w, "system", "W", "", 0, NO_LIMIT, "Drawn per package with its share of server and network; default: 1.98 times the limit, or 1.4 W per TFLOP/s.",
    NULL),
  ROW_NUMBER(S, idle_frac, "idle", "frac", "25 %", 0, 1, "Share of that power drawn while no work runs.", RACKS_ASSUMED),
  ROW_COUNT(S, scaleup_gpus, "scaleup_domain", "8", 1, 1000000, "Packages in one scale-up domain (NVLink, ICI, xGMI)."),
  ROW_NUMBER(S, scaleup_gb_per_s, "scaleup", "GB/s", "", 0, NO_LIMIT, "Scale-up rate of one package, one direction, all links.", NULL),
  ROW_NUMBER(S, scaleup_frac, "scaleup_reached", "frac", "78 %", 0.01, 1, "Share of that rate that large collectives reach.", NCCL_MEASURED),
  ROW_NUMBER(S, scaleup_latency_s, "scaleup_latency", "s", "3.3 us", 0, 1, "One step of a collective within the domain.", NCCL_MEASURED),
  ROW_CHOICE(S, scaleup_wiring, "scaleup_wiring", COMPUTE_WIRINGS, "switched", "How the domain is joined: any pair at the full rate, a link for each pair, rings along axes."),
  ROW_COUNT(S, scaleup_axes, "scaleup_axes", "1", 1, 6, "Axes of a torus."),
  ROW_FLAG(S, scaleup_reduces, "scaleup_reduces", "no", "The switch of the domain adds up (NVLink SHARP)."),
  ROW_NUMBER(S, nic_gbps, "nic", "Gbps", "", 0, NO_LIMIT, "Scale-out rate of one package, one direction, in the usual node.", NULL),
};
const class_row compute_accelerator_class = { "accelerator", "accelerators", sizeof(S), FIELD_TABLE(accelerator_rows), CLASS_CATALOGUE,
  "One GPU package." };
#undef S

#define S compute_fabric
static const field_row fabric_rows[] = {
  ROW_COUNT(S, domain_gpus, "domain", "", 1, 1000000, "Packages of a scale-up domain that a job uses; default: all that the accelerator joins."),
  ROW_NUMBER(S, nic_gbps, "nic", "Gbps", "", 0, NO_LIMIT, "Rate of one package between domains, one direction; default: as the accelerator says.", NULL),
  ROW_NUMBER(S, reached_frac, "reached", "frac", "97 %", 0.01, 1, "Share of that rate that large messages reach.", NCCL_MEASURED),
  ROW_NUMBER(S, latency_s, "latency", "s", "8 us", 0, 1, "One step of a collective between domains.", FABRICS_ASSUMED),
  ROW_NUMBER(S, contention_frac, "contention", "frac", "6 %", 0, 10, "Time that an all-to-all loses with each doubling of the number of domains.", NCCL_MEASURED),
  ROW_COUNT(S, pod_gpus, "pod", "", 1, 10000000, "Packages joined at the full rate; default: all."),
  ROW_NUMBER(S, oversubscription, "oversubscription", "frac", "1", 1, 1000, "Between pods: rate of the ports of a pod over that of its uplinks.", "none: full bisection"),
  ROW_NUMBER(S, cost_usd, "cost", "USD", "", 0, NO_LIMIT, "Switches, optics, cables and NIC per package; default: the rack's share for network.", NULL),
  ROW_NUMBER(S, power_w, "power", "W", "", 0, NO_LIMIT, "Drawn by them per package; default: within the accelerator's system power.", NULL),
};
const class_row compute_fabric_class = { "fabric", "fabrics", sizeof(S), FIELD_TABLE(fabric_rows), CLASS_CATALOGUE,
  "What joins scale-up domains: rails, trees, tori, and what a step over it takes." };
#undef S

#define S compute_rack
static const field_row rack_rows[] = {
  ROW_REF(S, accelerator, "accelerator", "accelerator", NULL, "What it holds."),
  ROW_REF(S, fabric, "fabric", "fabric", "usual", "What joins its scale-up domains with those of others."),
  ROW_COUNT(S, gpus, "gpus", NULL, 1, 100000, "Packages in a rack."),
  ROW_COUNT(S, superchip_gpus, "superchip_gpus", "1", 1, 64, "Packages on one superchip; GB200: 2."),
  ROW_COUNT(S, failure_gpus, "failure_gpus", "8", 1, 100000, "Packages out of service when one of them fails: its tray or server."),
  ROW_REF(S, supply, "supply", "supply", "", "What deliveries come from."),
  ROW_REF(S, reliability, "reliability", "reliability", "standard", "How the cluster is run."),
  ROW_REF(S, rent, "rent", "market_rent", "", "What it earns when re-let."),
  ROW_NUMBER(S, it_kw, "it", "kW", NULL, 0, NO_LIMIT, "IT power of a rack with its share of network and storage.", NULL),
  ROW_NUMBER(S, idle_frac, "idle", "frac", "25 %", 0, 1, "Share of that power drawn while no work runs.", RACKS_ASSUMED),
  ROW_NUMBER(S, price_usd, "price", "USD", NULL, 0, NO_LIMIT, "Price of a rack without fabric and storage.", NULL),
  ROW_NUMBER(S, network_frac, "network", "frac", "24 %", 0, 2, "Fabric and storage, as a share of the rack's price.",
    "Cottier et al. 2024, arXiv:2405.21015: interconnect 9 to 13 % of a model's cost against 38 to 54 % for chips and servers; ratio of the middles"),
  ROW_NUMBER(S, acceptance_day, "acceptance", "day", "45 day", 0, 1000, "From installed to wholly schedulable, a linear ramp.", RACKS_ASSUMED),
  ROW_NUMBER(S, life_day, "life", "day", "6 yr", 30, NO_LIMIT, "From installed to retired.", "depreciation lives of servers in annual reports for 2023: Microsoft, Alphabet 6 years; Amazon 6 from 2024"),
  ROW_NUMBER(S, mtbf_h, "mtbf", "h", "50676 h", 1, NO_LIMIT, "Mean time between failures of one GPU that interrupt work.",
    "Llama 3 405B, arXiv:2407.21783 sec. 3.3.4, 2024-07: 419 unexpected interruptions in 54 days on 16,384 H100 = 1.97e-5 per GPU-hour"),
  ROW_NUMBER(S, repair_h, "repair", "h", "48 h", 0, NO_LIMIT, "From failure to back in service.", RACKS_ASSUMED),
  ROW_NUMBER(S, taken_out_frac, "taken_out", "frac", "27.4 %", 0, 1, "Share of those failures that take the tray out until it is repaired; the others are gone after a restart.",
    "Kokolis et al., arXiv:2410.21680, 2024-10: 7.9 h between failures of jobs on 1,024 GPUs, 28.8 h by node failures alone"),
};
const class_row compute_rack_class = { "rack", "racks", sizeof(S), FIELD_TABLE(rack_rows), CLASS_CATALOGUE,
  "A generation of racks with its share of network and storage." };
#undef S
// clang-format on
