// Compute: accelerators, racks, and how many GPUs of a history of deliveries are installed and schedulable.
//
// A GPU is a package (one GB200 NVL72 rack holds 72). Installed and schedulable are two numbers: a rack that stands in
// the hall is accepted step by step (burn-in, fabric bring-up), fails, and is retired. Pure, no allocation.
#ifndef COMPUTE_COMPUTE_H
#define COMPUTE_COMPUTE_H

#include <stdint.h>

#include "../base/field.h"

// An accelerator package (catalogue): one GPU or TPU chip. Peaks are dense; NaN where the row says nothing.
typedef struct compute_accelerator {
  int32_t name;
  double  bf16_tflops, fp8_tflops, fp4_tflops;                           // NaN: has none, or not published
  double  fp16_tflops, fp32_tflops, mxfp8_tflops, vector_tflops;         // NaN: compute_machine_of derives them
  double  bf16_achievable_tflops, fp8_achievable_tflops, fp4_achievable_tflops;  // best measured matrix products
  double  hbm_gb, hbm_tb_per_s;
  double  hbm_usable_gb;                                                 // 10^9 bytes that a process can have
  double  hbm_achievable_frac;                                           // of the bandwidth
  double  power_w;         // vendor's limit of one package; NaN: not published
  double  system_w;        // drawn with its share of server and network at full load; NaN: from power_w, else bf16
  double  idle_frac;       // of system_w while no work runs
  int32_t scaleup_gpus;    // packages in one scale-up domain
  double  scaleup_gb_per_s, scaleup_frac, scaleup_latency_s;  // one direction, all links; share reached; of a step
  int32_t scaleup_wiring, scaleup_axes, scaleup_reduces;      // compute_wiring; axes of a torus; 1: sums in the switch
  double  nic_gbps;        // scale-out rate of one package in the usual node; NaN: has none
} compute_accelerator;

// What joins scale-up domains (catalogue).
typedef struct compute_fabric {
  int32_t name;
  int32_t domain_gpus;        // packages of one domain that a job uses; -1: all that the accelerator joins
  double  nic_gbps;           // of one package; NaN: the accelerator's
  double  reached_frac;       // of that rate by large messages
  double  latency_s;          // of one step of an algorithm
  double  contention_frac;    // time that an all-to-all loses per doubling of the number of domains
  int32_t pod_gpus;           // joined without oversubscription; -1: all
  double  oversubscription;   // bytes that leave a pod: rate of its ports over that of its uplinks
  double  cost_usd;           // of switches, optics, cables, NIC per package; NaN: not published
  double  power_w;            // of the same; NaN: not published
} compute_fabric;

// A generation of racks (catalogue). A "rack" is the unit that is delivered, with its share of network and storage.
typedef struct compute_rack {
  int32_t name;
  int32_t accelerator;     // row of class "accelerator"
  int32_t fabric;          // row of class "fabric"
  int32_t gpus;            // packages in a rack
  int32_t superchip_gpus;  // packages on one superchip (GB200: 2); 1 where there are none
  int32_t failure_gpus;    // packages out of service when one fails: the tray or server around it
  int32_t supply;          // row of class "supply"; -1: bought without limit
  int32_t reliability;     // row of class "reliability": how the cluster is run
  int32_t rent;            // row of class "market_rent"; -1: cannot be re-let
  double  it_kw;           // drawn by rack, its network and storage share, at full load
  double  idle_frac;       // share of it_kw drawn while no work runs
  double  price_usd;       // of the rack alone
  double  network_frac;    // fabric and storage, as a share of the rack's price
  double  acceptance_day;  // from installed to wholly schedulable, linear ramp
  double  life_day;        // from installed to retired
  double  mtbf_h;          // of one GPU: mean time between failures that interrupt work
  double  repair_h;        // until it is back
  double  taken_out_frac;  // of those failures: the tray is out until repaired; the others are gone after a restart
} compute_rack;

// Price of a rack with its share of fabric and storage.
double compute_rack_cost_usd(const compute_rack *rack);

// Peak BF16 of n packages, FLOP/s.
double compute_peak_flops(const compute_accelerator *accelerator, double gpus);

// Share of GPUs in working order: 1 / (1 + r T), r = wear x taken_out x failure_gpus / mtbf of the tray around a GPU, T
// its repair time; wear_frac: failures over those that mtbf states, by age. Steady state of an alternating renewal
// process (Barlow and Proschan, Mathematical Theory of Reliability, 1965, ch. 3).
double compute_availability(const compute_rack *rack, double wear_frac);

// ---- Fleet ------------------------------------------------------------------------------------------------

typedef struct compute_fleet {
  double racks;             // standing, mean over the month
  double installed_gpus;    // standing, mean over the month
  double accepted_gpus;     // past or through their ramp, mean over the month
  double wear_frac;         // failures over those that mtbf states, mean over the accepted; 1 where there are none
  double schedulable_gpus;  // accepted x availability at that wear
  double it_mw;             // load if all accepted GPUs work and the rest idles
} compute_fleet;

// Shares of a cohort, delivered evenly over one month, that stand and are accepted: means over the month `age` months
// later (age 0: the month of delivery). With R2(x; A) the second integral of the ramp clamp(x / A, 0, 1) and M the mean
// month, the mean over delivery and observation is (R2(d + M) - 2 R2(d) + R2(d - M)) / M^2, d = age M.
// Retirement is the same with a step at life_day; what retires is taken off the accepted, which stop at 0: exact
// unless a rack retires within its ramp. 0 <= accepted <= standing <= 1.
void compute_cohort(const compute_rack *rack, int32_t age, double *standing_frac, double *accepted_frac);

// The fleet of one kind of rack in month `month`, from prefix sums of deliveries: delivered[0] = 0,
// delivered[m + 1] = racks delivered in months 0 .. m, (month + 2) numbers at least. by_age[a]: failures over those that
// mtbf states, of a cohort a months after its delivery, (month + 1). Each cohort has its own wear; availability is that of
// the mean wear, which is too low by the variance of what is out, below 1e-4. O(months since the first delivery), about
// 1 ns each.
void compute_fleet_in(const compute_rack *rack, const double *delivered, const double *by_age, int32_t month,
                      compute_fleet *out);

extern const class_row compute_accelerator_class, compute_fabric_class, compute_rack_class;

#endif
