#include "validate_reliability_rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../operations/spares.h"
#include "../operations/workload.h"

// ---- Fields --------------------------------------------------------------------------------------------------------

reliability_values reliability_values_of(text_slice field) {
  reliability_values out = {.n = 0};
  char               sign = '=';
  for (size_t i = 0; i < field.n && out.n < RELIABILITY_VALUES;) {
    const char c = field.at[i];
    if (c == '<' || c == '>') sign = c;
    if (c < '0' || c > '9') {
      i++;
      continue;
    }
    char   digits[40];
    size_t n = 0;
    for (; i < field.n && n < sizeof digits - 1; i++) {
      const char d = field.at[i];
      if (d == ',' && i + 1 < field.n && field.at[i + 1] >= '0' && field.at[i + 1] <= '9') continue;
      if (d != '.' && (d < '0' || d > '9')) break;
      digits[n++] = d;
    }
    while (n > 0 && digits[n - 1] == '.') n--;
    if (!text_number((text_slice){digits, n}, &out.at[out.n])) continue;
    out.sign[out.n++] = sign;
    sign = '=';
  }
  return out;
}

// ---- The engine's side -----------------------------------------------------------------------------------------------

static const operations_fleet_reading *reading(int i) { return &operations_fleet_readings[i]; }
enum { LLAMA, RSC_1, RSC_2, FT_HSDP };

static operations_shape a100_shape(void) {
  operations_shape shape = operations_shape_hgx;
  shape.memory_factor = OPERATIONS_A100_MEMORY;
  return shape;
}

static double spread_multiplier(double z) {
  double mean, sd;
  operations_multiplier_spread(OPERATIONS_READINGS, &mean, &sd);
  return exp(mean + sd * z);
}

double reliability_fleet_z(double per_1000_node_day, bool node_only) {
  double mean, sd;
  operations_multiplier_spread(OPERATIONS_READINGS, &mean, &sd);
  const operations_fleet_reading fleet = {"", per_1000_node_day, node_only, false};
  return (log(operations_reading_multiplier(&fleet)) - mean) / sd;
}

double reliability_run_ettr(double gpus_low, double gpus_high, double per_1000_node_day, double write_s) {
  enum { SIZES = 9 };
  double sum = 0.0;
  for (int i = 0; i < SIZES; i++) {
    const double gpus = gpus_low * pow(gpus_high / gpus_low, (double)i / (SIZES - 1));
    for (int u = 0; u < 2; u++) {
      const operations_gang job = {.failures_per_s = gpus / 8.0 * per_1000_node_day / 1000.0 / 86400.0,
                                   .interval_s = 3600.0,
                                   .write_s = write_s,
                                   .restart_s = u ? 1200.0 : 300.0};
      sum += operations_ettr(&job) / (2 * SIZES);
    }
  }
  return sum;
}

static double useful_of(double multiplier, double gpus) {
  const operations_practice p = operations_practice_standard();
  operations_expectation    e;
  operations_expect(&operations_shape_hgx, multiplier, 1.0, &p, gpus, &e);
  return e.useful_frac;
}

static double llama_interruptions(void) {
  return 54.0 * operations_reading_multiplier(reading(LLAMA)) * operations_all_per_day(&operations_shape_hgx, 16384.0);
}

// Share of Llama 3's interruptions that its causes of hardware and unplanned host maintenance have.
static double hardware_share(void) {
  double all = 0.0, hardware = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    const operations_cause c = operations_cause_of((operations_cause_id)i);
    if (c.level >= OPERATIONS_LEVEL_RACK) continue;
    all += c.count;
    if (c.hardware || i == OPERATIONS_CAUSE_HOST) hardware += c.count;
  }
  return hardware / all;
}

static double count_of(operations_cause_id id) { return operations_cause_of(id).count; }
static double detect_of(operations_cause_id id) { return operations_cause_of(id).detect_s; }
static double slow_any(double nodes) { return 1.0 - pow(1.0 - operations_practice_plain().straggler_frac, nodes); }

// ---- Quantities ----------------------------------------------------------------------------------------------------

typedef enum key {
  // causes of Llama 3, first in the list
  K_CAUSE,
  K_NETWORK,
  K_SOFTWARE,
  // other inputs
  K_PLANNED,
  K_RATE,
  K_WRITE,
  K_RESTART,
  K_INTERVAL,
  K_PREEMPT,
  K_HEALTH,
  K_DETECT,
  K_SLOW,
  K_START,
  K_FAILOVER,
  K_SEEN,
  K_CHECKPOINT,
  K_SAVE,
  K_A100,
  K_TRAYS,
  // context
  K_TOTAL,
  K_UNEXPECTED,
  K_MTBI,
  K_HARDWARE,
  K_LLAMA_GOOD,
  K_MTTF,
  K_MTTF_NODE,
  K_RESTARTS,
  K_MEGA_GOOD,
  K_ANY_SLOW,
  K_AFR,
  // reproduce: computed by validate_reliability.c
  K_REPRODUCE,
  // not held
  K_REASON
} key;

typedef struct known_row {
  const char *quantity;
  key         what;
  int         which;  // cause or reading
  const char *why;
} known_row;

#define CAUSE "unexpected interruptions by cause: "
// clang-format off
static const known_row known[] = {
  { "job interruptions, planned", K_PLANNED, 0, "planned_per_day of a practice" },
  { "unexpected interruptions per 1000 8-GPU-node-days", K_RATE, LLAMA, "multiplier of a fleet: Llama 3" },
  { CAUSE "Faulty GPU", K_CAUSE, OPERATIONS_CAUSE_GPU, "hazard of GPU" },
  { CAUSE "GPU HBM3 memory", K_CAUSE, OPERATIONS_CAUSE_HBM, "hazard of HBM" },
  { CAUSE "Software bug", K_CAUSE, OPERATIONS_CAUSE_SOFTWARE, "hazard of software" },
  { CAUSE "Network switch/cable", K_NETWORK, 0, "hazards of link and switch" },
  { CAUSE "Host maintenance", K_CAUSE, OPERATIONS_CAUSE_HOST, "hazard of host maintenance" },
  { CAUSE "GPU SRAM memory", K_CAUSE, OPERATIONS_CAUSE_SRAM, "hazard of GPU SRAM" },
  { CAUSE "GPU system processor", K_CAUSE, OPERATIONS_CAUSE_GSP, "hazard of GPU system processor" },
  { CAUSE "NIC", K_CAUSE, OPERATIONS_CAUSE_NIC, "hazard of NIC" },
  { CAUSE "NCCL watchdog timeouts", K_CAUSE, OPERATIONS_CAUSE_STALL, "hazard of silent stall" },
  { CAUSE "Silent data corruption", K_CAUSE, OPERATIONS_CAUSE_CORRUPT, "hazard of silent data corruption" },
  { CAUSE "GPU thermal interface + sensor", K_CAUSE, OPERATIONS_CAUSE_THERMAL, "hazard of thermal interface, sensor" },
  { CAUSE "SSD", K_CAUSE, OPERATIONS_CAUSE_SSD, "hazard of SSD" },
  { CAUSE "Power supply", K_CAUSE, OPERATIONS_CAUSE_PSU, "hazard of power supply" },
  { CAUSE "Server chassis", K_CAUSE, OPERATIONS_CAUSE_CHASSIS, "hazard of server chassis" },
  { CAUSE "IO expansion board", K_CAUSE, OPERATIONS_CAUSE_IO, "hazard of IO board" },
  { CAUSE "Dependency", K_CAUSE, OPERATIONS_CAUSE_DEPENDS, "hazard of dependency" },
  { CAUSE "CPU", K_CAUSE, OPERATIONS_CAUSE_CPU, "hazard of CPU" },
  { CAUSE "System memory", K_CAUSE, OPERATIONS_CAUSE_DIMM, "hazard of system memory" },
  { "failure rate RSC-1", K_RATE, RSC_1, "multiplier of a fleet: RSC-1" },
  { "failure rate RSC-2", K_RATE, RSC_2, "multiplier of a fleet: RSC-2" },
  { "interruption rate", K_RATE, FT_HSDP, "multiplier of a fleet: FT-HSDP" },
  { "typical checkpoint write time w_cp", K_WRITE, 0, "write of the plain practice" },
  { "restart overhead u0", K_RESTART, 0, "restarts of both practices lie between" },
  { "typical checkpoint interval", K_INTERVAL, 0, "interval of the plain practice" },
  { "preemption eligibility / maximum job lifetime", K_PREEMPT, 0, "preemption, longest job of a workload" },
  { "health-check period", K_HEALTH, 0, "detection of parts of a host: half of it" },
  { "failure detection + diagnostic tests, mean", K_DETECT, 0, "detection and diagnosis of the standard practice" },
  { "straggler hosts: slowdown / MFU regained on removal", K_SLOW, 0, "most that stragglers take; points of an MFU of 55.2 %" },
  { "communicator initialisation before/after optimisation, 2,048 GPUs", K_START, 0, "start_s_per_gpu; what was before it is not used" },
  { "failover operations", K_FAILOVER, 0, "restart of the plain practice" },
  { "detection time with inspection: NIC crash/port flap/switch down/driver hang/GPU lost/kernel fault", K_SEEN, 0, "detection by cause" },
  { "checkpoint block/save/load, 405B Megatron", K_CHECKPOINT, 0, "checkpoint of the standard practice" },
  { "end-to-end checkpoint save before optimisation, GPT 175B to HDFS", K_SAVE, 0, "write of the plain practice is no shorter" },
  { "H100 vs A100 memory-error MTBE per GPU", K_A100, 0, "hazard of HBM on A100" },
  { "NVL72: nodes used per rack in the production run", K_TRAYS, 0, "spare trays of a rack" },

  { "average ETTR of 2,048-4,096-GPU job runs", K_REPRODUCE, 0, "" },
  { "write of MT-NLG state to remote storage", K_REPRODUCE, 0, "" },

  { "job interruptions, total", K_TOTAL, 0, "sum of the causes' inputs and planned stops" },
  { "job interruptions, unexpected", K_UNEXPECTED, 0, "with the fleet's own multiplier" },
  { "mean time between unexpected interruptions", K_MTBI, 0, "with the fleet's own multiplier" },
  { "share of unexpected interruptions attributed to confirmed or suspected hardware", K_HARDWARE, 0, "causes of hardware and host maintenance" },
  { "effective training time (useful / elapsed)", K_LLAMA_GOOD, 0, "standard practice, the fleet's own multiplier" },
  { "interruptions needing significant manual intervention", K_REASON, 0, "who restarts is not modelled: a restart takes the same either way" },
  { "diurnal throughput variation", K_REASON, 0, "temperature and clocks belong to power" },
  { "job MTTF measured, 1,024-GPU jobs", K_MTTF, 0, "gives the ratio of all causes to node failures" },
  { "job MTTF projected, 16,384 GPUs", K_MTTF_NODE, 0, "node failures alone" },
  { "cluster utilisation", K_REASON, 0, "follows from demand and policy, neither published" },
  { "jobs submitted per day", K_REASON, 0, "an input of a workload; the trace fitted is another cluster's" },
  { "4k-GPU jobs: share of jobs / of GPU time", K_REASON, 0, "of its own mix, of which no trace is published" },
  { "infrastructure failures: share of jobs / of runtime", K_REASON, 0, "of its own mix, of which no trace is published" },
  { "job end states completed/failed/preempted/requeued/timeout/OOM/NODE_FAIL", K_REASON, 0, "users' own failures are not modelled" },
  { "lemon-node root causes GPU/DIMM/PCIe/EUD/BIOS/NIC/PSU/optics", K_REASON, 0, "nodes of a fleet are alike here, no lemons" },
  { "training restarts in one production run", K_RESTARTS, 0, "12,288 GPUs for 3 to 8 weeks, multiplier from p10 to p90" },
  { "faults found and fixed automatically", K_REASON, 0, "who restarts is not modelled: a restart takes the same either way" },
  { "effective training time rate", K_MEGA_GOOD, 0, "12,288 GPUs, standard practice, multiplier from p90 to p10" },
  { "incidents / jobs", K_REASON, 0, "GPUs of the fleet are not published" },
  { "jobs at least 10 % slower from stragglers", K_ANY_SLOW, 0, "a straggler among 16 to 256 nodes" },
  { "straggling jobs with >50 % of slowdown due to bad workers", K_REASON, 0, "stragglers of data and program are not modelled" },
  { "GPU + HBM failures annualised", K_AFR, 0, "hazards of GPU and HBM, times 365 days" },
  { "irrecoverable loss spikes / rollbacks", K_REASON, 0, "the loss is not modelled" },
  { "GPU jobs completed/cancelled/failed; by GPU time", K_REASON, 0, "users' own failures are not modelled" },
  { "mean GPU-job run time / queue time Philly, Helios, Seren, Kalos", K_REASON, 0, "means of whole clusters; only one virtual cluster is fitted" },
  { "NVL72: one contained NVLink fault: silent stall / domain fault spread / fleet fate-sharing", K_REASON, 0, "its own watchdog of 15 min; a practice states its timeout, here 10 min" },
  { "NVL72: checkpoint staging of 395.74 GiB on 16 nodes", K_REASON, 0, "a practice states its times; bandwidth in a node belongs to training" },
  { "NVL72: state of frontier training in Aug 2025", K_REASON, 0, "no figure" },
  { "power cap 150 W vs 250 W: energy / time", K_REASON, 0, "clocks and power belong to power" },
};
// clang-format on
enum { KNOWN = sizeof known / sizeof known[0] };

int32_t     reliability_known(void) { return KNOWN; }
const char *reliability_quantity(int32_t i) { return known[i].quantity; }

static void answer_input(const known_row *row, reliability_answer *out) {
  const operations_practice standard = operations_practice_standard(), plain = operations_practice_plain();
  const operations_shape   *hgx = &operations_shape_hgx;
  double                   *x = out->computed;
  switch (row->what) {
    case K_CAUSE: x[0] = count_of((operations_cause_id)row->which); break;
    case K_NETWORK: x[0] = count_of(OPERATIONS_CAUSE_LINK) + count_of(OPERATIONS_CAUSE_SWITCH); break;
    case K_PLANNED: x[0] = 54.0 * standard.planned_per_day; break;
    case K_RATE: x[0] = reading(row->which)->per_1000_node_day; break;
    case K_WRITE: x[0] = plain.write_s / 60.0; break;
    case K_INTERVAL: x[0] = plain.interval_s / 60.0; break;
    case K_PREEMPT: x[0] = OPERATIONS_PREEMPTIBLE_S / 3600.0, x[1] = OPERATIONS_LONGEST_S / 86400.0; break;
    case K_HEALTH: x[0] = 2.0 * detect_of(OPERATIONS_CAUSE_CHASSIS) / 60.0; break;
    case K_DETECT: x[0] = (operations_restart_s(&standard, hgx, 8.0) - standard.load_s) / 60.0; break;
    case K_SLOW: x[1] = plain.straggler_loss_frac * 0.552; break;
    case K_START: x[1] = 2048.0 * plain.start_s_per_gpu; break;
    case K_FAILOVER: x[0] = operations_restart_s(&plain, hgx, 10000.0) / 60.0; break;
    case K_SEEN: {
      static const operations_cause_id of[6] = {OPERATIONS_CAUSE_NIC, OPERATIONS_CAUSE_LINK, OPERATIONS_CAUSE_SWITCH,
                                                OPERATIONS_CAUSE_GSP, OPERATIONS_CAUSE_GPU,  OPERATIONS_CAUSE_SOFTWARE};
      for (int i = 0; i < 6; i++) x[i] = detect_of(of[i]);
      break;
    }
    case K_CHECKPOINT: x[0] = standard.write_s, x[1] = standard.save_s, x[2] = standard.load_s; break;
    case K_A100: x[0] = OPERATIONS_A100_MEMORY; break;
    case K_TRAYS:
      x[0] = operations_shape_nvl72.nodes_per_rack - operations_shape_nvl72.spare_trays;
      x[1] = operations_shape_nvl72.nodes_per_rack;
      break;
    case K_SAVE: out->low = 0.0, out->high = x[0] = plain.write_s; break;
    case K_RESTART:
      out->low = 0.0;
      out->high = x[0] = operations_restart_s(&standard, hgx, 8.0) / 60.0;
      x[1] = operations_restart_s(&plain, hgx, 16384.0) / 60.0;
      out->tolerance_frac = 0.05;
      break;
    default: break;
  }
}

static void answer_context(const known_row *row, reliability_answer *out) {
  const double           llama = llama_interruptions(), day = operations_all_per_day(&operations_shape_hgx, 12288.0);
  const double           own = operations_reading_multiplier(reading(LLAMA)), p90 = 1.2815515655446004;
  const operations_shape a100 = a100_shape();
  const double           rsc = operations_reading_multiplier(reading(RSC_1));
  double                *x = out->computed;
  switch (row->what) {
    case K_TOTAL: x[0] = llama + 54.0 * operations_practice_standard().planned_per_day; break;
    case K_UNEXPECTED: x[0] = llama; break;
    case K_MTBI: x[0] = 54.0 * 24.0 / llama; break;
    case K_HARDWARE: x[0] = hardware_share(), out->tolerance_frac = 0.03; break;
    case K_LLAMA_GOOD: x[0] = useful_of(own, 16384.0); break;
    case K_MTTF: x[0] = 24.0 / (rsc * operations_all_per_day(&a100, 1024.0)), out->tolerance_frac = 0.01; break;
    case K_MTTF_NODE:
      x[0] = 24.0 / (rsc * operations_node_out_per_day(&a100, 16384.0)), out->tolerance_frac = 0.01;
      break;
    case K_RESTARTS:
      x[0] = 35.0 * day * spread_multiplier(0.0);
      out->low = 21.0 * day * spread_multiplier(-p90), out->high = 56.0 * day * spread_multiplier(p90);
      break;
    case K_MEGA_GOOD:
      x[0] = useful_of(spread_multiplier(0.0), 12288.0);
      out->low = useful_of(spread_multiplier(p90), 12288.0), out->high = useful_of(spread_multiplier(-p90), 12288.0);
      break;
    case K_ANY_SLOW: x[0] = slow_any(64.0), out->low = slow_any(16.0), out->high = slow_any(256.0); break;
    case K_AFR:
      x[0] = 365.0 * (operations_cause_of(OPERATIONS_CAUSE_GPU).per_unit_day +
                      operations_cause_of(OPERATIONS_CAUSE_HBM).per_unit_day);
      break;
    default: break;
  }
}

bool reliability_answer_of(text_slice quantity, reliability_answer *out) {
  const known_row *row = NULL;
  for (int i = 0; i < KNOWN && !row; i++)
    if (text_equal(quantity, known[i].quantity)) row = &known[i];
  if (!row) return false;
  *out = (reliability_answer){.tolerance_frac = 1e-3,
                              .low = (double)NAN,
                              .high = (double)NAN,
                              .why = row->why,
                              .held = row->what < K_REPRODUCE};
  for (int i = 0; i < RELIABILITY_VALUES; i++) out->computed[i] = (double)NAN;
  if (row->what < K_TOTAL) answer_input(row, out);
  else answer_context(row, out);
  return true;
}
